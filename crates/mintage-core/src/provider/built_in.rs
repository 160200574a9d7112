//! The built-in providers, one file per family.

use std::sync::LazyLock;

use super::refusal_rules::{code, error, id as by_id, says, status};
use super::{
    ActorRules, AddRules, Body, Call, Carrier, ClaimForm, ClaimMeaning, ContentKind, CreationRules, DirectRules,
    Evidence, ExpiryRule, FileFact, GrantRules, HeaderRules, IdNames, IntrospectionRules, KeyFileRule, KeyFiles,
    KeyGrant, KeyIdRule, KeySetRules, ListRules, Lookup, Maker, Mark, Method, OwnRight, Parameter, PermissionRules,
    Probe, ProbeAnswer, ProofRules, Provider, ProviderId, Provisioning, PublicForm, Reason, Recipe, RefusalRule,
    Refusals, RegistrationRules, RequestKind, ResponseMap, Role, Scheme, ScopePlace, ScopePreset, ScopeRules,
    SecretGrant, SecretPlace, Sent, Shape, UserinfoRules,
};
use crate::endpoints::Endpoints;
use crate::jose::SigningAlgorithm::{EdDsa, Es256, Es384, Ps256, Rs256, Rs384, Rs512};

mod auth0;
mod box_platform;
mod docusign;
mod entra;
mod frontier;
mod generic;
mod github;
mod google;
mod keycloak;
mod oidc_library;
mod okta;
mod recipes;
mod salesforce;
mod stackit;
mod zitadel;

pub(crate) use oidc_library::library_rules;

static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| {
    vec![
        zitadel::cloud(),
        zitadel::self_hosted(),
        zitadel::of_2021(),
        zitadel::paonia(),
        frontier::connect(),
        frontier::rest(),
        frontier::shield(),
        google::provider(),
        okta::provider(),
        auth0::provider(),
        keycloak::provider(),
        entra::provider(),
        salesforce::provider(),
        docusign::provider(),
        box_platform::provider(),
        github::provider(),
        stackit::provider(),
        generic::jwt_bearer(),
        generic::client_credentials(),
    ]
});

/// All built-in providers in the order in which they are offered; the generic ones are last.
pub fn built_in() -> &'static [Provider] {
    &ALL
}

/// Whether an id is a built-in provider's.
pub fn is_built_in(id: &ProviderId) -> bool {
    ALL.iter().any(|provider| provider.id == *id)
}

fn id(text: &str) -> ProviderId {
    ProviderId(text.to_owned())
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

/// `kid` if the key has one, for servers that don't require it.
fn key_id_if_known() -> HeaderRules {
    HeaderRules { key_id: KeyIdRule::IfKnown, ..HeaderRules::default() }
}

fn named<const N: usize>(pairs: [(&str, &str); N]) -> std::collections::BTreeMap<String, String> {
    pairs.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}

fn preset(scope: &str, explains: &str) -> ScopePreset {
    ScopePreset { scope: scope.to_owned(), explains: explains.to_owned(), evidence: None }
}

/// A scope for which a readable token shows whether it was granted.
fn shown_preset(scope: &str, explains: &str, claim: &str, holds: &str) -> ScopePreset {
    let evidence = Evidence { claim: claim.to_owned(), holds: holds.to_owned(), certain: false };
    ScopePreset { evidence: Some(evidence), ..preset(scope, explains) }
}

/// The same, and a token without it shows that the scope wasn't granted.
fn certain_preset(scope: &str, explains: &str, claim: &str, holds: &str) -> ScopePreset {
    let evidence = Evidence { claim: claim.to_owned(), holds: holds.to_owned(), certain: true };
    ScopePreset { evidence: Some(evidence), ..preset(scope, explains) }
}

/// The refusals of a server whose profile consists of rules alone.
fn refusals(server_name: &str, rules: Vec<RefusalRule>) -> Refusals {
    Refusals { server_name: server_name.to_owned(), rules, ..Refusals::default() }
}

/// What the word stands for that earlier profiles had instead of rules.
pub(super) fn refusals_once_called(word: &str) -> Option<Refusals> {
    match word {
        "oAuth" => Some(generic::jwt_bearer().refusals),
        "zitadel" => Some(zitadel::self_hosted().refusals),
        "frontier" => Some(frontier::rest().refusals),
        _ => None,
    }
}

fn claim(name: &str, meaning: &str) -> ClaimMeaning {
    ClaimMeaning { claim: name.to_owned(), meaning: meaning.to_owned(), form: ClaimForm::Plain }
}

fn parameter(name: &str, label: &str, explains: &str, required: bool) -> Parameter {
    Parameter { name: name.to_owned(), label: label.to_owned(), explains: explains.to_owned(), required }
}

fn openid_scopes() -> Vec<ScopePreset> {
    vec![
        preset("openid", "adds an id token and the subject to userinfo"),
        preset("profile", "adds the name to userinfo"),
        preset("email", "adds the e-mail address to userinfo"),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::provider::file;

    #[test]
    fn every_built_in_provider_is_sound_and_survives_export_and_import() {
        let mut ids = HashSet::new();
        for provider in built_in() {
            assert!(ids.insert(provider.id.clone()), "{:?} is there twice", provider.id);
            file::check(provider).unwrap_or_else(|error| panic!("{}: {error}", provider.id.0));
            let toml = file::write(provider, file::Format::Toml);
            assert_eq!(file::read(&toml).expect(&provider.id.0), *provider, "{toml}");
            let json = file::write(provider, file::Format::Json);
            assert_eq!(file::read(&json).expect(&provider.id.0), *provider, "{json}");
        }
    }
}
