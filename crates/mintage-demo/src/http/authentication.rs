//! The **authentication** behind a token request: which client asks, and for whom.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

use super::authorization;
use super::client::{self, Offer};
use super::form::Form;
use crate::assertion::{self, AssertionRules, Checked, Flaw, IdRule, SubjectRule};
use crate::refusal::Failure;
use crate::rules::{Carrier, GrantRule};
use crate::shared::Shared;
use crate::user::User;

/// An authenticated client.
pub(super) struct AuthenticatedClient {
    pub(super) user: User,
    /// The subject of the token.
    pub(super) subject: String,
    /// Whether the subject agreed.
    pub(super) consented: bool,
    /// The claims of the assertion; none if there was no assertion.
    pub(super) claims: Map<String, Value>,
}

impl AuthenticatedClient {
    fn of_itself(user: User) -> Self {
        Self { subject: user.user_id.clone(), user, consented: true, claims: Map::new() }
    }

    /// A claim that is a string.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }
}

/// Where client authentication is looked up.
pub(super) struct Request<'r> {
    pub(super) headers: &'r HeaderMap,
    pub(super) form: &'r Form,
    pub(super) path: &'r str,
}

/// Finds the authentication that a grant requires, and checks it.
pub(super) fn authenticate(
    shared: &Shared,
    rule: &GrantRule,
    request: &Request<'_>,
) -> Result<AuthenticatedClient, Failure> {
    if rule.carriers.contains(&Carrier::Assertion) {
        let assertion = request.form.required("assertion")?;
        if rule.secret_too {
            let (id, secret) = (request.form.required("client_id")?, request.form.required("client_secret")?);
            client::check_secret(shared, id, secret)?;
        }
        let client = by_assertion(shared, assertion, request.path).map_err(Failure::Assertion)?;
        check_client_id(shared, &client, request.form, rule.secret_too)?;
        return Ok(client);
    }
    if rule.carriers.contains(&Carrier::BearerAssertion) {
        let assertion = authorization::bearer(request.headers).ok_or(Failure::NoAuthentication)?;
        return by_assertion(shared, assertion, request.path).map_err(Failure::Assertion);
    }
    by_client(shared, rule, request)
}

/// `client_credentials`: the client's authentication is the grant (RFC 6749 §4.4.2).
fn by_client(shared: &Shared, rule: &GrantRule, request: &Request<'_>) -> Result<AuthenticatedClient, Failure> {
    let takes = |carrier: Carrier| {
        let refused = Failure::Client("this client authentication is not supported");
        if rule.carriers.contains(&carrier) { Ok(()) } else { Err(refused) }
    };
    let user = match client::offer(request.headers, request.form)? {
        Offer::Basic(id, secret) => takes(Carrier::Basic).and_then(|()| client::check_secret(shared, &id, &secret))?,
        Offer::Post(id, secret) => takes(Carrier::Post).and_then(|()| client::check_secret(shared, &id, &secret))?,
        Offer::Assertion(assertion) => {
            takes(Carrier::ClientAssertion)?;
            let client = by_assertion(shared, assertion, request.path).map_err(Failure::ClientAssertion)?;
            check_client_id(shared, &client, request.form, true)?;
            return Ok(client);
        }
    };
    let Some((subject, beside)) = rule.speaks_for else { return Ok(AuthenticatedClient::of_itself(user)) };
    request.form.required(beside)?;
    let subject = request.form.required(subject)?.to_owned();
    let consented = consents(&user, &subject, shared.rules.assertion.subject).map_err(Failure::Assertion)?;
    Ok(AuthenticatedClient { subject, consented, ..AuthenticatedClient::of_itself(user) })
}

/// `client_id` is optional next to an assertion and must be its client (RFC 7521 §4.2).
fn check_client_id(shared: &Shared, client: &AuthenticatedClient, form: &Form, looked_at: bool) -> Result<(), Failure> {
    match form.one("client_id")? {
        None if shared.rules.client_id_required => Err(Failure::ParameterMissing("client_id")),
        Some(client_id) if looked_at && client_id != client.user.user_id => Err(Failure::ClientIdDiffers),
        _ => Ok(()),
    }
}

fn by_assertion(shared: &Shared, assertion: &str, path: &str) -> Result<AuthenticatedClient, Flaw> {
    let place = shared.place();
    let rules = &AssertionRules { small_keys: shared.era().small_keys, ..shared.rules.assertion };
    let keys_of = |issuer: &str| {
        let mut book = shared.book();
        let mut keys = book.keys_of(issuer)?;
        keys.retain(|key| !book.lagging.misses_key(&key.key_id));
        Some(keys)
    };
    let checked = assertion::check(assertion, rules, &place.audiences, place.now, keys_of)?;
    let user = shared.book().user(&checked.issuer).cloned();
    let user = user.ok_or_else(|| Flaw::IssuerUnknown(checked.issuer.clone()))?;
    let subject = match rules.subject {
        SubjectRule::InPath => path.split('/').nth(3).unwrap_or_default().to_owned(),
        _ => checked.text("sub").unwrap_or(&checked.issuer).to_owned(),
    };
    let consented = consents(&user, &subject, rules.subject)?;
    check_id(shared, rules.id, &checked)?;
    Ok(AuthenticatedClient { user, subject, consented, claims: checked.claims })
}

/// Whether the subject agreed that the client acts for it.
fn consents(user: &User, subject: &str, rule: SubjectRule) -> Result<bool, Flaw> {
    let itself = match rule {
        SubjectRule::Itself | SubjectRule::ByKey => true,
        SubjectRule::SpokenFor { or_itself, .. } => or_itself && subject == user.user_id,
        SubjectRule::InPath => false,
    };
    match user.speaks_for.iter().find(|one| one.id == subject) {
        _ if itself => Ok(true),
        Some(found) => Ok(found.consented),
        None => Err(Flaw::SubjectUnknown(subject.to_owned())),
    }
}

fn check_id(shared: &Shared, rule: IdRule, checked: &Checked) -> Result<(), Flaw> {
    let once = matches!(rule, IdRule::RequiredOnce | IdRule::OnceIfGiven);
    let Some(id) = checked.text("jti").filter(|_| once) else { return Ok(()) };
    let now = shared.now();
    let fresh = shared.book().use_id(&checked.issuer, id, checked.expires_at(), now);
    if fresh { Ok(()) } else { Err(Flaw::IdUsed) }
}
