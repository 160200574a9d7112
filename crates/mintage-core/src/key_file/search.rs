//! The **search** for the one credential in a document, however deeply it is packed and wrapped.
//!
//! Rule: it works through a queue and never recurses. Exactly one credential is read; if there are several, they are
//! listed and none is used.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::rc::Rc;

use super::KeyFileError;
use super::buffer::Buffer;
use super::kinds::{self, Kind};
use super::layer::{self, Budget, Layer};
use super::sketch::SiblingIds;
use super::{KeyFile, Reading, credential, described, frontier, mask, member, pem, shown, sketch};
use crate::json::{Json, SecretJson};
use crate::private_key::WrongKind;
use crate::provider::{Shape, built_in};

/// Members that wrap a stored value without describing it.
const PAYLOADS: member::Names =
    &["data", "stringData", "value", "SecretString", "SecretBinary", "payload", "privateKeyData"];
/// How many credentials are listed before the rest are only counted.
const ENOUGH: usize = 64;

/// The result of a search.
pub(super) enum Outcome {
    /// The one credential.
    Found(Box<KeyFile>),
    /// There is none; with what there is instead, if that is known.
    Nothing(Option<KeyFileError>),
}

/// Where a value is: in which document, through which members, and their names.
#[derive(Clone)]
struct Place {
    document: Rc<SecretJson>,
    /// How many layers were removed to reach the document.
    layers: u8,
    steps: Vec<usize>,
    path: String,
    /// The name it has outside the document.
    name: Option<String>,
    /// Whether a bare private key here is everything that was stored.
    is_payload: bool,
    /// Whether it is alone: almost nothing is next to it, all the way up to what was stored or packed.
    is_alone: bool,
}

/// A credential that was found.
enum Hit {
    Document(Place),
    Pem { text: Buffer, path: String, siblings: Box<SiblingIds> },
}

struct Search<'a, 'b> {
    reading: &'a Reading<'a>,
    budget: &'b mut Budget,
    todo: VecDeque<Place>,
    hits: Vec<Hit>,
    /// What was found instead of a credential.
    instead: Option<KeyFileError>,
    /// Wrappers that contained nothing.
    around: Option<WrongKind>,
}

/// Searches a document that was unpacked from this many layers. `is_assigned` says that it came from assignments.
///
/// # Errors
/// What is wrong with the one credential; [`KeyFileError::SeveralCredentials`], [`KeyFileError::PackedTooDeep`].
pub(super) fn search(
    document: SecretJson,
    layers: u8,
    is_assigned: bool,
    reading: &Reading<'_>,
    budget: &mut Budget,
) -> Result<Outcome, KeyFileError> {
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
        let place = match search.only_hit()? {
            None => return Ok(Outcome::Nothing(search.instead.or(search.around.map(KeyFileError::from)))),
            Some(Hit::Document(place)) => place,
            Some(Hit::Pem { text, siblings, .. }) => return read_pem(text.as_str(), *siblings, reading),
        };
        match read(&place, reading) {
            // The file doesn't match the user's own profile; it may still wrap something known.
            Err(error) if lacks_member(&error) && may_be_around(place.json()) => {
                search.note(error);
                search.go_inside(&place, None)?;
            }
            read => return Ok(Outcome::Found(Box::new(read?))),
        }
    }
}

/// Reads a key in PEM, with what the document around it says of it.
fn read_pem(text: &str, siblings: SiblingIds, reading: &Reading<'_>) -> Result<Outcome, KeyFileError> {
    mask::check_key("PRIVATE KEY", text)?;
    let found = pem::parse(text, reading.opener)?;
    Ok(Outcome::Found(Box::new(siblings.with(found.into_file(Shape::Pem)))))
}

impl Search<'_, '_> {
    /// Looks at everything that is left, and takes the one hit, if there is one.
    fn only_hit(&mut self) -> Result<Option<Hit>, KeyFileError> {
        while let Some(place) = self.todo.pop_front() {
            self.look_at(&place)?;
            if self.hits.len() > ENOUGH {
                break;
            }
        }
        if self.hits.len() > 1 { Err(several(&self.hits)) } else { Ok(self.hits.pop()) }
    }

    /// Records what a value is, or what inside it still has to be searched.
    fn look_at(&mut self, place: &Place) -> Result<(), KeyFileError> {
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
                // Its kind isn't known, but a whole file packed in one of its strings says what that is.
                self.go_inside_packed(place)?;
                if place.is_alone {
                    self.note(error);
                }
            }
        }
        Ok(())
    }

    /// Queues the documents packed in a value's strings, and nothing else in it.
    fn go_inside_packed(&mut self, place: &Place) -> Result<(), KeyFileError> {
        // A key without its ids may have them next to it.
        let is_whole = |inner: &Place| inner.steps.is_empty() && inner.json().get("kty").is_none();
        let (listed, found) = (self.todo.len(), self.hits.len());
        self.go_inside(place, None)?;
        self.hits.truncate(found);
        let added = self.todo.split_off(listed);
        self.todo.extend(added.into_iter().filter(is_whole));
        Ok(())
    }

    fn note(&mut self, error: KeyFileError) {
        self.instead.get_or_insert(error);
    }

    /// Queues the content of a value, or only these members of it.
    fn go_inside(&mut self, place: &Place, only: Option<member::Names>) -> Result<(), KeyFileError> {
        let json = place.json();
        let mut pems = Vec::new();
        let children: Vec<(Cow<'_, str>, &Json)> = match json {
            Json::Object(members) => members.iter().map(|(name, value)| (name.into(), value)).collect(),
            Json::List(items) => {
                items.iter().enumerate().map(|(at, item)| (format!("item {}", at + 1).into(), item)).collect()
            }
            _ => return Ok(()),
        };
        let is_alone = place.is_alone && children.len() <= 2;
        // Once for all of them, since it searches the members.
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
                        self.todo.push_back(inner().packed(document, layers, false))
                    }
                    Ok(Some(Layer::Pem(text))) => pems.push((inner(), text)),
                    Ok(None) => {}
                    Err(error @ KeyFileError::PackedTooDeep) => return Err(error),
                    // Text that only begins like JSON is ordinary text.
                    Err(_) => {}
                },
                _ => {}
            }
        }
        self.take_key(json, pems);
        Ok(())
    }

    /// Queues the decoded `data` of a Kubernetes Secret, which may be ids and secrets as well as whole files.
    fn decode(&mut self, place: &Place) -> Result<(), KeyFileError> {
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
            // Many are created with `echo`, which adds a line ending.
            decoded.push_quoted(plain.strip_suffix('\n').unwrap_or(plain));
        }
        decoded.push('}');
        let Ok(document) = SecretJson::parse(decoded.as_str()) else { return Ok(()) };
        let called = name_in(place.json()).or_else(|| place.name.clone());
        let inner = place.inside(0, "data", called, place.is_alone);
        self.todo.push_back(inner.packed(document, place.layers + 1, true));
        Ok(())
    }

    /// Takes a bare private key if it is everything that was stored, with the certificates next to it.
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
            let siblings = sketch::sibling_ids(holder);
            self.hits.push(Hit::Pem { text: whole, path: place.path.clone(), siblings: Box::new(siblings) });
        }
    }
}

impl Place {
    fn json(&self) -> &Json {
        self.steps.iter().fold(self.document.expose(), child)
    }

    /// The object that directly contains this.
    fn parent(&self) -> Option<&Json> {
        let (_, above) = self.steps.split_last()?;
        Some(above.iter().fold(self.document.expose(), child))
    }

    /// The member or item at this index, with its name.
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

    /// The document packed in this value, which was reached by removing so many layers.
    fn packed(self, document: SecretJson, layers: u8, is_payload: bool) -> Self {
        Self { document: Rc::new(document), layers, steps: Vec::new(), is_payload, is_alone: true, ..self }
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

/// The name given by the tool that stored the value: a Kubernetes Secret's name, or a cloud secret's.
fn name_in(json: &Json) -> Option<String> {
    if let Some(metadata) = json.get("metadata").filter(|_| json.has(&["kind"])) {
        return member::name(metadata, &["name"]);
    }
    let name = member::name(json, &["Name"]).filter(|_| json.has(&["SecretString", "SecretBinary"]))?;
    name.rsplit('/').next().map(str::to_owned)
}

/// Reads a credential together with the facts next to it.
fn read(place: &Place, reading: &Reading<'_>) -> Result<KeyFile, KeyFileError> {
    let file = credential::read(place.json(), reading)?;
    let file = match place.parent() {
        Some(parent @ Json::Object(_)) => frontier::with_service_user(file, parent)?,
        _ => file,
    };
    let name = file.name.clone().or_else(|| place.name.clone());
    Ok(KeyFile { name, ..file })
}

/// Whether one of the user's own rules finds something else at its paths.
fn lacks_member(error: &KeyFileError) -> bool {
    use KeyFileError::{MemberMissing, MemberNotObject, MemberNotText, RuleUnfit};
    matches!(error, RuleUnfit { differs, .. }
        if matches!(**differs, MemberMissing { .. } | MemberNotObject { .. } | MemberNotText { .. }))
}

/// Whether no built-in format knows this document.
fn may_be_around(json: &Json) -> bool {
    matches!(kinds::of(json), Ok(None | Some(Kind::Wrapper(..)))) && !described::is_described(json, built_in())
}

fn several(hits: &[Hit]) -> KeyFileError {
    let path = |hit: &Hit| match hit {
        Hit::Document(place) => place.path.clone(),
        Hit::Pem { path, .. } => path.clone(),
    };
    KeyFileError::SeveralCredentials { places: hits.iter().map(path).collect() }
}
