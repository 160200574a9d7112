//! The **client** behind a request that authenticates in exactly one of OAuth's ways (RFC 6749 §2.3): a secret in the
//! header or the form, or an assertion (RFC 7523 §2.2).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use axum::http::HeaderMap;

use super::authorization;
use super::form::Form;
use crate::assertion::{self, Flaw};
use crate::credential::RegisteredSecret;
use crate::refusal::Failure;
use crate::rules::CLIENT_ASSERTION_TYPE;
use crate::shared::Shared;
use crate::user::{RegisteredKey, User};

/// The client authentication in a request.
pub enum Offer<'f> {
    /// Id and secret in the header.
    Basic(String, String),
    /// Id and secret in the form.
    Post(String, String),
    /// `client_assertion`, with the required type.
    Assertion(&'f str),
}

/// Finds the one client authentication in a request.
pub fn offer<'f>(headers: &HeaderMap, form: &'f Form) -> Result<Offer<'f>, Failure> {
    // Another scheme, or one that can't be decoded, isn't client authentication (RFC 6749 §2.3.1).
    let basic = authorization::form_decoded_basic(headers);
    let (assertion, secret) = (form.one("client_assertion")?, form.one("client_secret")?);
    match (basic, assertion, secret) {
        (None, None, None) => Err(Failure::NoAuthentication),
        (Some((id, secret)), None, None) => Ok(Offer::Basic(id, secret)),
        (None, None, Some(secret)) => Ok(Offer::Post(form.required("client_id")?.to_owned(), secret.to_owned())),
        (None, Some(assertion), None) if form.one("client_assertion_type")? == Some(CLIENT_ASSERTION_TYPE) => {
            Ok(Offer::Assertion(assertion))
        }
        (None, Some(_), None) => Err(Failure::Client("client_assertion_type invalid")),
        _ => Err(Failure::SeveralAuthentications),
    }
}

impl Offer<'_> {
    /// The client id that it claims.
    fn client_id(&self) -> Result<String, Failure> {
        match self {
            Self::Basic(id, _) | Self::Post(id, _) => Ok(id.clone()),
            Self::Assertion(assertion) => assertion::claimed_issuer(assertion).map_err(Failure::ClientAssertion),
        }
    }
}

/// Who called an endpoint for clients: introspection, revocation.
pub struct Caller {
    pub client_id: String,
    /// The project of an application.
    pub project_id: Option<String>,
}

/// Authenticates the client of a revocation. ZITADEL knows only OIDC applications there; any other client is refused
/// before its authentication is checked (v2.55 and v4, measured).
pub fn authenticate_revoker(
    shared: &Shared,
    headers: &HeaderMap,
    form: &Form,
    endpoint: &str,
) -> Result<Caller, Failure> {
    let client_id = offer(headers, form)?.client_id()?;
    if shared.rules.guards_audience() && shared.book().oidc_application(&client_id).is_none() {
        return Err(Failure::NotAClient);
    }
    authenticate(shared, headers, form, endpoint)
}

/// Authenticates an application, or, if clients are users too, one of those. `endpoint` is the path called.
pub fn authenticate(shared: &Shared, headers: &HeaderMap, form: &Form, endpoint: &str) -> Result<Caller, Failure> {
    match offer(headers, form)? {
        Offer::Basic(id, secret) | Offer::Post(id, secret) => {
            by_secret(shared, &id, &secret).ok_or(Failure::Client("client id or secret invalid"))
        }
        Offer::Assertion(assertion) => by_assertion(shared, assertion, endpoint).map_err(Failure::ClientAssertion),
    }
}

fn by_secret(shared: &Shared, client_id: &str, secret: &str) -> Option<Caller> {
    let oidc = shared.book().oidc_application(client_id).cloned();
    if let Some(application) = oidc {
        verify_slices_are_equal(secret.as_bytes(), application.secret.as_bytes()).ok()?;
        return Some(Caller { client_id: application.client_id, project_id: Some(application.project_id) });
    }
    let application = shared.book().application(client_id).cloned();
    if let Some(application) = application {
        let expected = application.secret.as_ref()?;
        verify_slices_are_equal(secret.as_bytes(), expected.as_bytes()).ok()?;
        return Some(Caller { client_id: application.client_id, project_id: Some(application.project_id) });
    }
    let user = check_secret(shared, client_id, secret).ok().filter(|_| !shared.rules.guards_audience())?;
    Some(Caller { client_id: user.user_id, project_id: None })
}

fn by_assertion(shared: &Shared, assertion: &str, endpoint: &str) -> Result<Caller, Flaw> {
    let place = shared.place();
    // If `aud` is the endpoint, it is the one that was called.
    let called = format!("{}{endpoint}", place.origin);
    let name = |name: &String| if *name == place.token_url { called.clone() } else { name.clone() };
    let audiences: Vec<String> = place.audiences.iter().map(name).collect();
    let keys_of = |client_id: &str| keys_of_client(shared, client_id);
    let checked = assertion::check(assertion, &shared.rules.assertion, &audiences, place.now, keys_of)?;
    let project_id = shared.book().application(&checked.issuer).map(|application| application.project_id.clone());
    Ok(Caller { client_id: checked.issuer, project_id })
}

fn keys_of_client(shared: &Shared, client_id: &str) -> Option<Vec<RegisteredKey>> {
    let book = shared.book();
    match book.application(client_id) {
        Some(application) => Some(application.key.clone().into_iter().collect()),
        None => book.keys_of(client_id).filter(|_| !shared.rules.guards_audience()),
    }
}

/// Checks a user's secret, and returns what is wrong with it.
pub fn check_secret(shared: &Shared, client_id: &str, secret: &str) -> Result<User, Failure> {
    let now = shared.now();
    let mut book = shared.book();
    let still_taken = book.lagging.still_takes(client_id, secret);
    let too_early = !still_taken && book.lagging.misses_secret(client_id);
    let Some((user, registered)) = book.secrets(client_id).filter(|_| !too_early) else {
        return match book.client(client_id, shared.rules.clients_are_login_names) {
            Some(user) if still_taken => Ok(user.clone()),
            Some(_) => Err(Failure::SecretMissing(client_id.to_owned())),
            None => Err(Failure::ClientUnknown(client_id.to_owned())),
        };
    };
    if still_taken {
        return Ok(user.clone());
    }
    let is_it = |one: &&RegisteredSecret| verify_slices_are_equal(secret.as_bytes(), one.secret.as_bytes()).is_ok();
    let Some(found) = registered.into_iter().find(is_it) else {
        return Err(Failure::SecretWrong(client_id.to_owned()));
    };
    if found.expires_at.is_some_and(|end| end <= now) {
        return Err(Failure::SecretExpired(client_id.to_owned()));
    }
    Ok(user.clone())
}
