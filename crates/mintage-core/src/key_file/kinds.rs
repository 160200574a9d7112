//! The **kinds** of JSON that are known: a table of what each requires and excludes, and how it is read.
//!
//! Rule: the kind that says most about a file counts, wherever its row stands; a file whose `type` no row names is of
//! no kind at all. A kind of file that Mintage does not read is one more row with its [`WrongKind`].

use super::member::{self, Names};
use super::opener::Opener;
use super::{KeyFile, client, foreign, frontier, jwk, keycloak, zitadel};
use crate::error::{KeyError, WrongKind};
use crate::json::Json;

/// Reads a file of one kind.
type Reader = fn(&Json, Opener<'_>) -> Result<KeyFile, KeyError>;

/// What is done with a file of a kind.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// It holds a credential.
    File(Reader),
    /// It holds one by names that much else has as well: only where it stands for itself.
    Plain(Reader),
    /// It is something else, and well known.
    Foreign(WrongKind),
    /// It is around a key file, which is in one of these members; what it is where none is there.
    Wrapper(Names, WrongKind),
    /// It is a Kubernetes Secret, of whose `data` each value is base64.
    Secret,
}

/// What is asked of a file's members.
enum Need {
    /// One of them is one of these words.
    Is(Names, &'static [&'static str]),
    /// One of them begins like this.
    Begins(Names, &'static str),
    /// One of them is there.
    Has(Names),
    /// One of them is there and no object.
    Plain(Names),
    /// One of them is a list.
    List(Names),
    /// In one of the first is one of the second.
    Inside(Names, Names),
    /// None of them is there.
    Lacks(Names),
    /// There is nothing else.
    Only(Names),
    /// Anything that names cannot say.
    That(fn(&Json) -> bool),
}

use Kind::{File, Foreign, Wrapper};
use Need::{Begins, Has, Inside, Is, Lacks, List, Only, Plain, That};

const TYPE: Names = &["type"];
const NO_SECRET: Need = Lacks(&["client_secret", "clientSecret", "clientsecret", "secret"]);

/// What is needed, and then the kind. A row without a word for `type` is of files that have none.
const TABLE: &[(&[Need], Kind)] = &[
    (&[Is(TYPE, &["serviceaccount"])], File(zitadel::service_account)),
    (&[Is(TYPE, &["application"])], File(zitadel::application)),
    (&[Has(zitadel::PACKED)], Wrapper(zitadel::PACKED, WrongKind::ZitadelApiAnswer)),
    (&[Is(TYPE, &["sv_rsa"])], File(frontier::key)),
    (&[Has(frontier::PRINCIPAL)], File(frontier::key)),
    (
        &[Plain(&["secret"]), Has(&["id", "title"]), Has(frontier::OF_SECRET), Only(frontier::SECRET)],
        Kind::Plain(frontier::secret),
    ),
    (
        &[Plain(&["token"]), Has(&["id", "title"]), Has(frontier::OF_SECRET), Only(frontier::TOKEN)],
        Kind::Plain(frontier::token),
    ),
    (&[Has(&["kty"]), Has(&["d", "k"])], File(|json, _| jwk::single(json))),
    (&[Has(&["kty"])], Foreign(WrongKind::PublicJwk)),
    (&[List(&["keys"]), That(jwk::is_set), That(jwk::has_private)], File(|json, _| jwk::set(json))),
    (&[List(&["keys"]), That(jwk::is_set)], Foreign(WrongKind::PublicJwkSet)),
    (
        &[That(client::is_certified), NO_SECRET, Has(&["clientid", "client_id", "clientId"])],
        Foreign(WrongKind::MtlsClient),
    ),
    (&[Has(keycloak::SERVER)], File(|json, _| keycloak::settings(json))),
    (&[Has(&["realm"]), Has(&["resource"])], File(|json, _| keycloak::settings(json))),
    (&[Has(keycloak::CLIENT_ID), Has(keycloak::OF_CLIENT), Has(&["secret"])], File(|json, _| keycloak::client(json))),
    (&[Has(keycloak::CLIENT_ID), Has(keycloak::OF_CLIENT)], Foreign(WrongKind::KeycloakSettings)),
    (&[Is(TYPE, &["secret"]), Has(&["value"]), Only(&["type", "value"])], File(|json, _| keycloak::secret(json))),
    (&[That(client::has_secret), That(client::lacks_key)], File(|json, _| client::secret(json))),
    (&[Plain(&["id"]), Plain(&["secret"]), Only(client::BARE)], Kind::Plain(|json, _| client::bare(json))),
    (&[Plain(client::ID_ALONE), Plain(&["secret"]), Only(client::BARE)], Kind::Plain(|json, _| client::bare(json))),
    (&[Inside(&["installed", "web"], &["client_id"])], Foreign(WrongKind::GoogleOauthClient)),
    (&[Is(TYPE, &["authorized_user"])], Foreign(WrongKind::GoogleUser)),
    (&[Is(TYPE, &["external_account_authorized_user"])], Foreign(WrongKind::GoogleUser)),
    (&[Is(TYPE, &["external_account_authorized_user_login_config"])], Foreign(WrongKind::GoogleLoginConfig)),
    (&[Begins(TYPE, "external_account")], Foreign(WrongKind::GoogleFederation)),
    (&[Is(TYPE, &["impersonated_service_account"])], Foreign(WrongKind::GoogleImpersonation)),
    (&[Is(TYPE, &["gdch_service_account"])], Foreign(WrongKind::GoogleOther)),
    (&[Is(&["kind"], &["Secret"]), Has(&["apiVersion"])], Kind::Secret),
    (&[Is(&["kind"], &["List", "SecretList"]), List(&["items"])], Wrapper(&["items"], WrongKind::KubernetesSecret)),
    (&[Has(&["value"]), Has(&["sensitive"])], Wrapper(&["value"], WrongKind::TerraformValue)),
    (&[Is(&["mode"], &["managed", "data"]), List(&["instances"])], Wrapper(&["instances"], WrongKind::TerraformValue)),
    (&[Is(&["mode"], &["managed", "data"]), Has(&["values"])], Wrapper(&["values"], WrongKind::TerraformValue)),
];

/// The kind that fits a file best.
///
/// # Errors
/// [`KeyError::TypeUnknown`] and [`KeyError::MemberNotText`] for a `type` that no kind names.
pub(super) fn of(json: &Json) -> Result<Option<Kind>, KeyError> {
    let mut best: Option<(usize, Kind)> = None;
    for (needs, kind) in TABLE {
        let names_type = needs.iter().any(|need| matches!(need, Is(TYPE, _) | Begins(TYPE, _)));
        if json.get("type").is_some() && !names_type && !matches!(kind, Wrapper(..) | Kind::Secret) {
            continue;
        }
        if let Some(score) = score(json, needs)
            && best.is_none_or(|(found, _)| score > found)
        {
            best = Some((score, *kind));
        }
    }
    // What no row knows may be some other program's.
    let kind = best.map(|(_, kind)| kind).or_else(|| foreign::of_json(json).map(Foreign));
    match (kind, json.get("type")) {
        (Some(kind), _) => Ok(Some(kind)),
        (None, None) => Ok(None),
        (None, Some(Json::Text(found))) => {
            Err(foreign::undescribed(json, KeyError::TypeUnknown { found: super::shown(found) }))
        }
        (None, Some(other)) => Err(KeyError::MemberNotText { member: "type".into(), found: other.kind() }),
    }
}

/// How much the needs say of a file that meets all of them.
fn score(json: &Json, needs: &[Need]) -> Option<usize> {
    needs.iter().try_fold(0, |score, need| Some(score + weight(json, need)?))
}

/// What a need counts for where it is met: a word more than a name.
fn weight(json: &Json, need: &Need) -> Option<usize> {
    let any = |names: Names, fits: &dyn Fn(&Json) -> bool| names.iter().filter_map(|name| json.get(name)).any(fits);
    let text = |fits: &dyn Fn(&str) -> bool, names: Names| any(names, &|value| value.as_text().is_some_and(fits));
    let (met, weight) = match need {
        Is(names, words) => (text(&|text| words.contains(&text), names), 3),
        Begins(names, with) => (text(&|text| text.starts_with(with), names), 2),
        Has(names) => (member::has(json, names), 1),
        Plain(names) => (any(names, &|value| !matches!(value, Json::Object(_))), 1),
        List(names) => (any(names, &|value| matches!(value, Json::List(_))), 1),
        Inside(outer, inner) => (any(outer, &|value| member::has(value, inner)), 2),
        Lacks(names) => (!member::has(json, names), 0),
        Only(names) => (member::only(json, names), 1),
        That(fits) => (fits(json), 1),
    };
    met.then_some(weight)
}
