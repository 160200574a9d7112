//! The **kinds** of known JSON: a table of what each kind requires and excludes, and how to read it.
//!
//! Rule: the most specific kind wins, wherever its row is; a file whose `type` isn't in any row has no kind. A kind of
//! file that Mintage doesn't read is one more row with its [`WrongKind`].

use super::KeyFileError;
use super::member::Names;
use super::opener::Opener;
use super::{KeyFile, client, foreign, frontier, jwk, keycloak, sketch, zitadel};
use crate::json::Json;
use crate::private_key::WrongKind;

/// Reads a file of one kind.
type Reader = fn(&Json, Opener<'_>) -> Result<KeyFile, KeyFileError>;

/// What to do with a file of a kind.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// It contains a credential.
    File(Reader),
    /// It contains one under names that are common elsewhere: only valid if the file stands for itself.
    Plain(Reader),
    /// It is something else that is well known.
    Foreign(WrongKind),
    /// It wraps a key file, which is in one of these members; the kind applies if there is none.
    Wrapper(Names, WrongKind),
    /// It is a Kubernetes Secret, whose `data` values are all base64.
    Secret,
}

/// What a kind requires of a file's members.
enum Need {
    /// One of them has one of these values.
    Is(Names, &'static [&'static str]),
    /// One of them begins with this.
    Begins(Names, &'static str),
    /// One of them is present.
    Has(Names),
    /// One of them is present and isn't an object.
    Plain(Names),
    /// One of them is an array.
    List(Names),
    /// One of the first contains one of the second.
    Inside(Names, Names),
    /// None of them is present.
    Lacks(Names),
    /// There are no other members.
    Only(Names),
    /// Any condition that names can't express.
    That(fn(&Json) -> bool),
}

use Kind::{File, Foreign, Wrapper};
use Need::{Begins, Has, Inside, Is, Lacks, List, Only, Plain, That};

const TYPE: Names = &["type"];
const NO_SECRET: Need = Lacks(&["client_secret", "clientSecret", "clientsecret", "secret"]);

/// The requirements, then the kind. A row without a value for `type` is for files that have none.
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

/// The kind that matches a file best.
///
/// # Errors
/// [`KeyFileError::TypeUnknown`] and [`KeyFileError::MemberNotText`] for a `type` that isn't in the table.
pub(super) fn of(json: &Json) -> Result<Option<Kind>, KeyFileError> {
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
    // What isn't in the table may belong to another program.
    let kind = best.map(|(_, kind)| kind).or_else(|| foreign::of_json(json).map(Foreign));
    match (kind, json.get("type")) {
        (Some(kind), _) => Ok(Some(kind)),
        (None, None) => Ok(None),
        (None, Some(Json::Text(found))) => {
            Err(sketch::undescribed(json, KeyFileError::TypeUnknown { found: super::shown(found) }))
        }
        (None, Some(other)) => Err(KeyFileError::MemberNotText { member: "type".into(), found: other.kind() }),
    }
}

/// How specific a file's match with these requirements is.
fn score(json: &Json, needs: &[Need]) -> Option<usize> {
    needs.iter().try_fold(0, |score, need| Some(score + weight(json, need)?))
}

/// The weight of a requirement that is met: a value weighs more than a name.
fn weight(json: &Json, need: &Need) -> Option<usize> {
    let any = |names: Names, fits: &dyn Fn(&Json) -> bool| names.iter().filter_map(|name| json.get(name)).any(fits);
    let text = |fits: &dyn Fn(&str) -> bool, names: Names| any(names, &|value| value.as_text().is_some_and(fits));
    let (met, weight) = match need {
        Is(names, words) => (text(&|text| words.contains(&text), names), 3),
        Begins(names, with) => (text(&|text| text.starts_with(with), names), 2),
        Has(names) => (json.has(names), 1),
        Plain(names) => (any(names, &|value| !matches!(value, Json::Object(_))), 1),
        List(names) => (any(names, &|value| matches!(value, Json::List(_))), 1),
        Inside(outer, inner) => (any(outer, &|value| value.has(inner)), 2),
        Lacks(names) => (!json.has(names), 0),
        Only(names) => (json.has_only(names), 1),
        That(fits) => (fits(json), 1),
    };
    met.then_some(weight)
}
