//! The **search** for the one credential in a document, however deep it is packed and wrapped.
//!
//! Rule: it goes through a list of what is still to be looked at and never calls itself. Exactly one credential is
//! read; several are named and none of them is taken.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::rc::Rc;

use super::buffer::Buffer;
use super::kinds::{self, Kind};
use super::layer::{self, Budget, Layer};
use super::sketch::Beside;
use super::{KeyFile, Reading, Shape, described, document, frontier, mask, member, pem, shown, sketch};
use crate::error::{KeyError, WrongKind};
use crate::json::{Json, SecretJson};
use crate::provider::built_in;

/// Members that are around what somebody stored and say nothing of it themselves.
const PAYLOADS: member::Names =
    &["data", "stringData", "value", "SecretString", "SecretBinary", "payload", "privateKeyData"];
/// How many credentials are told apart before the rest is only counted with them.
const ENOUGH: usize = 64;

/// What became of a search.
pub(super) enum Outcome {
    /// The one credential.
    Found(Box<KeyFile>),
    /// There is none; with what there is instead, where that is known.
    Nothing(Option<KeyError>),
}

/// Where a value is: in which document, through which members, and what they are called.
#[derive(Clone)]
struct Place {
    document: Rc<SecretJson>,
    /// How many layers were taken off to come to the document.
    layers: u8,
    steps: Vec<usize>,
    path: String,
    /// What somebody called it outside of the document.
    name: Option<String>,
    /// Whether a bare private key here is the whole of what was stored.
    is_payload: bool,
    /// Whether it stands for itself: hardly anything is beside it all the way up to what was stored or packed.
    is_alone: bool,
}

/// A credential that was found.
enum Hit {
    Document(Place),
    Pem { text: Buffer, path: String, beside: Box<Beside> },
}

struct Search<'a, 'b> {
    reading: &'a Reading<'a>,
    budget: &'b mut Budget,
    todo: VecDeque<Place>,
    hits: Vec<Hit>,
    /// What is there instead of a credential.
    instead: Option<KeyError>,
    /// What was around nothing.
    around: Option<WrongKind>,
}

/// Searches a document that took this many layers to come to. `is_assigned` says that it was made of assignments.
///
/// # Errors
/// What is wrong with the one credential; [`KeyError::SeveralCredentials`], [`KeyError::PackedTooDeep`].
pub(super) fn search(
    document: SecretJson,
    layers: u8,
    is_assigned: bool,
    reading: &Reading<'_>,
    budget: &mut Budget,
) -> Result<Outcome, KeyError> {
    let root = Place {
        document: Rc::new(document),
        layers,
        steps: Vec::new(),
        path: String::new(),
        name: None,
        is_payload: is_assigned,
        is_alone: true,
    };
    let todo = VecDeque::from([root]);
    let mut search = Search { reading, budget, todo, hits: Vec::new(), instead: None, around: None };
    loop {
        while let Some(place) = search.todo.pop_front() {
            search.look_at(&place)?;
            if search.hits.len() > ENOUGH {
                break;
            }
        }
        let hit = match search.hits.len() {
            0 => return Ok(Outcome::Nothing(search.instead.or(search.around.map(KeyError::from)))),
            1 => search.hits.remove(0),
            _ => return Err(several(&search.hits)),
        };
        let place = match hit {
            Hit::Document(place) => place,
            Hit::Pem { text, beside, .. } => {
                mask::check_key("PRIVATE KEY", text.as_str())?;
                let found = pem::parse(text.as_str(), reading.opener)?;
                return Ok(Outcome::Found(Box::new(beside.with(found.into_file(Shape::Pem)))));
            }
        };
        match read(&place, reading) {
            // What a profile of the user's own describes is not as described; it may be around something known.
            Err(error) if lacks_member(&error) && may_be_around(place.json()) => {
                search.note(error);
                search.go_inside(&place, None)?;
            }
            read => return Ok(Outcome::Found(Box::new(read?))),
        }
    }
}

impl Search<'_, '_> {
    /// Notes what a value is, or what in it is still to be looked at.
    fn look_at(&mut self, place: &Place) -> Result<(), KeyError> {
        let json = place.json();
        if !matches!(json, Json::Object(_)) {
            return self.go_inside(place, None);
        }
        if described::is_described(json, self.reading.providers) {
            self.hits.push(Hit::Document(place.clone()));
            return Ok(());
        }
        match kinds::of(json) {
            Ok(Some(Kind::File(_))) => self.hits.push(Hit::Document(place.clone())),
            Ok(Some(Kind::Plain(_))) if place.is_alone => self.hits.push(Hit::Document(place.clone())),
            Ok(Some(Kind::Plain(_))) => {}
            Ok(Some(Kind::Foreign(kind))) => self.note(kind.into()),
            Ok(Some(Kind::Wrapper(inside, kind))) => {
                self.go_inside(place, Some(inside))?;
                if kind == WrongKind::ZitadelApiAnswer
                    && let Err(error) = member::text(json, inside)
                {
                    self.note(error);
                }
                self.around.get_or_insert(kind);
            }
            Ok(Some(Kind::Secret)) => {
                self.go_inside(place, Some(&["stringData"]))?;
                self.decode(place)?;
                self.around.get_or_insert(WrongKind::KubernetesSecret);
            }
            Ok(None) => self.go_inside(place, None)?,
            Err(error) => {
                // What it is isn't known, but a whole file packed in one of its texts says itself what that is.
                self.go_inside_packed(place)?;
                if place.is_alone {
                    self.note(error);
                }
            }
        }
        Ok(())
    }

    /// Puts the documents that are packed in texts of a value on the list, and nothing else that is in it.
    fn go_inside_packed(&mut self, place: &Place) -> Result<(), KeyError> {
        // A key without its ids may have them beside it.
        let is_whole = |inner: &Place| inner.steps.is_empty() && inner.json().get("kty").is_none();
        let (listed, found) = (self.todo.len(), self.hits.len());
        self.go_inside(place, None)?;
        self.hits.truncate(found);
        let added = self.todo.split_off(listed);
        self.todo.extend(added.into_iter().filter(is_whole));
        Ok(())
    }

    fn note(&mut self, error: KeyError) {
        self.instead.get_or_insert(error);
    }

    /// Puts what is in a value on the list, or only what is in these members of it.
    fn go_inside(&mut self, place: &Place, only: Option<member::Names>) -> Result<(), KeyError> {
        let json = place.json();
        let mut pems = Vec::new();
        let children: Vec<(Cow<'_, str>, &Json)> = match json {
            Json::Object(members) => members.iter().map(|(name, value)| (name.into(), value)).collect(),
            Json::List(items) => {
                items.iter().enumerate().map(|(at, item)| (format!("no. {}", at + 1).into(), item)).collect()
            }
            _ => return Ok(()),
        };
        let is_alone = place.is_alone && children.len() <= 2;
        // Once for all of them, as it looks through the members.
        let called = name_in(json).or_else(|| place.name.clone());
        for (at, (name, value)) in children.iter().enumerate() {
            if only.is_some_and(|only| !only.contains(&&**name)) {
                continue;
            }
            let inner = || place.inside(at, name, called.clone(), is_alone);
            match value {
                Json::Object(_) | Json::List(_) => self.todo.push_back(inner()),
                Json::Text(text) => match layer::within(text, place.layers + 1, self.budget) {
                    Ok(Some(Layer::Json(document, layers))) => {
                        let document = Rc::new(document);
                        let (is_payload, is_alone) = (false, true);
                        self.todo.push_back(Place {
                            document,
                            layers,
                            steps: Vec::new(),
                            is_payload,
                            is_alone,
                            ..inner()
                        });
                    }
                    Ok(Some(Layer::Pem(text))) => pems.push((inner(), text)),
                    Ok(None) => {}
                    Err(error @ KeyError::PackedTooDeep) => return Err(error),
                    // What only begins like JSON is some text.
                    Err(_) => {}
                },
                _ => {}
            }
        }
        self.take_key(json, pems);
        Ok(())
    }

    /// Puts the `data` of a Kubernetes Secret on the list as what its base64 stands for, which may be ids and secrets
    /// as well as whole files.
    fn decode(&mut self, place: &Place) -> Result<(), KeyError> {
        let Some(Json::Object(members)) = place.json().get("data") else { return Ok(()) };
        let mut decoded = Buffer::with_capacity(64);
        decoded.push('{');
        let texts = members.iter().filter_map(|(name, value)| Some((name, value.as_text()?)));
        for (at, (name, text)) in texts.enumerate() {
            self.budget.pay(text)?;
            let bytes = pem::of_base64(text);
            let plain = bytes.as_ref().and_then(|bytes| std::str::from_utf8(bytes.expose()).ok()).unwrap_or(text);
            decoded.push_str(if at == 0 { "" } else { "," });
            decoded.push_quoted(name);
            decoded.push(':');
            // Many are made by `echo`, which ends the line.
            decoded.push_quoted(plain.strip_suffix('\n').unwrap_or(plain));
        }
        decoded.push('}');
        let Ok(document) = SecretJson::parse(decoded.as_str()) else { return Ok(()) };
        let called = name_in(place.json()).or_else(|| place.name.clone());
        let inner = place.inside(0, "data", called, place.is_alone);
        let (document, layers) = (Rc::new(document), place.layers + 1);
        self.todo.push_back(Place { document, layers, steps: Vec::new(), is_payload: true, is_alone: true, ..inner });
        Ok(())
    }

    /// Takes a bare private key where it is all that was stored, with the certificates beside it.
    fn take_key(&mut self, holder: &Json, pems: Vec<(Place, Buffer)>) {
        let is_key = |text: &Buffer| text.as_str().contains("PRIVATE KEY");
        let keys = pems.iter().filter(|(_, text)| is_key(text)).count();
        for (place, text) in pems.iter().filter(|(place, text)| is_key(text) && place.is_payload) {
            let mut whole = Buffer::with_capacity(text.as_str().len());
            whole.push_str(text.as_str());
            let is_beside = |other: &Buffer| keys == 1 && other.as_str().contains("-----BEGIN CERTIFICATE");
            for (_, other) in pems.iter().filter(|(_, other)| is_beside(other)) {
                whole.push('\n');
                whole.push_str(other.as_str());
            }
            let beside = sketch::beside(holder);
            self.hits.push(Hit::Pem { text: whole, path: place.path.clone(), beside: Box::new(beside) });
        }
    }
}

impl Place {
    fn json(&self) -> &Json {
        self.steps.iter().fold(self.document.expose(), child)
    }

    /// The object that this is directly in.
    fn parent(&self) -> Option<&Json> {
        let (_, above) = self.steps.split_last()?;
        Some(above.iter().fold(self.document.expose(), child))
    }

    /// The member or item at this index, with what somebody called it.
    fn inside(&self, at: usize, name: &str, called: Option<String>, is_alone: bool) -> Self {
        let mut steps = self.steps.clone();
        steps.push(at);
        let word = shown(name);
        let path = if self.path.is_empty() { word } else { format!("{}.{word}", self.path) };
        let is_stored = PAYLOADS.contains(&name);
        let (is_payload, is_alone) = (self.is_payload || is_stored, is_alone || is_stored);
        let (document, layers) = (Rc::clone(&self.document), self.layers);
        Self { document, layers, steps, path, name: called, is_payload, is_alone }
    }
}

fn child<'a>(json: &'a Json, at: &usize) -> &'a Json {
    let found = match json {
        Json::Object(members) => members.get(*at).map(|(_, value)| value),
        Json::List(items) => items.get(*at),
        _ => None,
    };
    found.unwrap_or(&Json::Null)
}

/// What the tool that stored the value called it: a Kubernetes Secret's name, that of a cloud's secret.
fn name_in(json: &Json) -> Option<String> {
    if let Some(metadata) = json.get("metadata").filter(|_| member::has(json, &["kind"])) {
        return member::name(metadata, &["name"]);
    }
    let name = member::name(json, &["Name"]).filter(|_| member::has(json, &["SecretString", "SecretBinary"]))?;
    name.rsplit('/').next().map(str::to_owned)
}

/// Reads a credential with what stands beside it.
fn read(place: &Place, reading: &Reading<'_>) -> Result<KeyFile, KeyError> {
    let file = document::of(place.json(), reading)?;
    let file = match place.parent() {
        Some(parent @ Json::Object(_)) => frontier::with_service_user(file, parent)?,
        _ => file,
    };
    let name = file.name.clone().or_else(|| place.name.clone());
    Ok(KeyFile { name, ..file })
}

/// Whether a rule of the user's own finds something else at its places.
fn lacks_member(error: &KeyError) -> bool {
    use KeyError::{MemberMissing, MemberNotObject, MemberNotText, RuleUnfit};
    matches!(error, RuleUnfit { differs, .. }
        if matches!(**differs, MemberMissing { .. } | MemberNotObject { .. } | MemberNotText { .. }))
}

/// Whether nothing that comes with Mintage knows this document.
fn may_be_around(json: &Json) -> bool {
    matches!(kinds::of(json), Ok(None | Some(Kind::Wrapper(..)))) && !described::is_described(json, built_in())
}

fn several(hits: &[Hit]) -> KeyError {
    let path = |hit: &Hit| match hit {
        Hit::Document(place) => place.path.clone(),
        Hit::Pem { path, .. } => path.clone(),
    };
    KeyError::SeveralCredentials { places: hits.iter().map(path).collect() }
}
