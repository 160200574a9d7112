//! A provider as a shell **shows** it: what its profile comes to, without the rules themselves.
//!
//! Rule: a shell never reads a rule. What it would conclude from one is concluded here.

use serde::Serialize;
use specta::Type;

use crate::credential::CredentialKind;
use crate::endpoints::Endpoint;
use crate::provider::template::placeholders;
use crate::provider::{CreationRules, IdNames, Provider, ProviderId, Recipe, Role, ScopePlace};

/// What a shell knows of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProviderView {
    /// Which profile.
    pub id: ProviderId,
    /// Its name.
    pub name: String,
    /// One sentence on which servers it is for.
    pub summary: String,
    /// The heading under which several profiles for one maker's servers are offered; empty for none.
    pub family: String,
    /// The issuer to start from: complete for fixed servers, an example otherwise.
    pub issuer_example: String,
    /// Whether `issuer_example` is the real issuer and not just an example.
    pub issuer_is_fixed: bool,
    /// What an environment is asked for beside its issuer.
    pub parameters: Vec<ParameterView>,
    /// What its console calls the ids.
    pub ids: IdLabels,
    /// The kinds of credential that are of use here: for minting, or for asking about tokens.
    pub takes: Vec<CredentialKind>,
    /// The endpoints that its servers may have, as far as that is known before they are asked.
    pub endpoints: Vec<EndpointView>,
    /// What the assertion's audience is by its rule, in words.
    pub audience: String,
    /// `iss` of its access tokens where that isn't the issuer.
    pub token_issuer: Option<String>,
    /// How scopes are asked for.
    pub scopes: ScopesView,
    /// Whether its key set is given only to callers that it knows.
    pub keys_closed: bool,
    /// The kinds of credential that can be made through its API.
    pub creates: Vec<CredentialKind>,
    /// The kinds of credential that can be removed through its API.
    pub removes: Vec<CredentialKind>,
    /// The kinds of credential that can be rotated, through its API or with a person at its console.
    pub rotates: Vec<CredentialKind>,
    /// The kinds of credential that its API lists.
    pub lists: Vec<CredentialKind>,
    /// Whether a service user can register its own keys with a registration access token.
    pub takes_registration_tokens: bool,
    /// How service users are created through its API; absent if they can't be.
    pub creation: Option<CreationView>,
    /// Whether its API gives the public half of a key, to compare.
    pub compares_keys: bool,
    /// What to know before a token is revoked; empty for nothing.
    pub revocation_note: String,
    /// How far the local clock may be ahead before its servers refuse, in seconds.
    pub clock_tolerance: u32,
}

/// What an environment is asked for beside its issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct ParameterView {
    /// Its name in the environment's settings.
    pub name: String,
    /// What it is called on screen.
    pub label: String,
    /// What it is for and where it is found.
    pub explains: String,
    /// Whether the environment is of no use without it.
    pub required: bool,
}

/// An endpoint that a provider's servers may have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct EndpointView {
    /// Which one.
    pub endpoint: Endpoint,
    /// Its usual address, as an example; empty where only the server tells it. `{base}` is the issuer.
    pub usual: String,
}

/// What a provider's console calls the ids; an empty name means the field's own word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct IdLabels {
    /// The service user's id.
    pub user_id: String,
    /// The client id.
    pub client_id: String,
    /// The key's id.
    pub key_id: String,
}

/// What can be chosen when a service user is created through a provider's API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CreationView {
    /// The parameter that names the organisation, if another one than the environment's can be chosen.
    pub organisation: Option<String>,
    /// The administrator roles that are offered.
    pub roles: Vec<Role>,
    /// Where roles are given instead, as a whole sentence; empty if they are offered, or there is nothing to say.
    pub roles_elsewhere: String,
}

impl From<&CreationRules> for CreationView {
    fn from(rules: &CreationRules) -> Self {
        Self {
            organisation: Some(rules.organisation.clone()).filter(|name| !name.is_empty()),
            roles: rules.grant.iter().flat_map(|grant| grant.roles.clone()).collect(),
            roles_elsewhere: rules.roles_elsewhere.clone(),
        }
    }
}

/// How scopes are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ScopesView {
    /// Where they are sent.
    pub place: ScopePlace,
    /// What separates them.
    pub separator: String,
    /// Whether a request without any is refused.
    pub required: bool,
    /// Those that a new service user starts with.
    pub defaults: Vec<String>,
    /// Those worth offering.
    pub presets: Vec<PresetView>,
}

/// A scope worth offering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
pub struct PresetView {
    /// The scope; `{…}` marks what the user fills in.
    pub scope: String,
    /// What it does, in a few words.
    pub explains: String,
}

impl From<&Provider> for ProviderView {
    fn from(provider: &Provider) -> Self {
        let (creates, removes, compares_keys) = provisioning(provider);
        let parameters = provider.parameters.iter().cloned();
        Self {
            id: provider.id.clone(),
            name: provider.name.clone(),
            summary: provider.summary.clone(),
            family: provider.family.clone(),
            issuer_example: provider.issuer_example.clone(),
            issuer_is_fixed: provider.issuer_is_fixed,
            parameters: parameters
                .map(|each| ParameterView {
                    name: each.name,
                    label: each.label,
                    explains: each.explains,
                    required: each.required,
                })
                .collect(),
            ids: labels(provider),
            takes: takes(provider),
            endpoints: endpoints(provider),
            audience: audience(provider),
            token_issuer: provider.token_issuer.clone(),
            scopes: scopes(provider),
            keys_closed: provider.key_set.authenticated,
            creates,
            removes,
            rotates: kinds_of(provider, |_| true),
            lists: kinds_of(provider, |recipe| recipe.list.is_some()),
            takes_registration_tokens: provider.recipes.iter().any(|recipe| recipe.actor.registration.is_some()),
            creation: provider.creation.as_ref().map(CreationView::from),
            compares_keys,
            revocation_note: provider.introspection.revocation_note.clone(),
            clock_tolerance: provider.clock_tolerance,
        }
    }
}

fn labels(provider: &Provider) -> IdLabels {
    let IdNames { user_id, client_id, key_id } = provider.ids.clone();
    IdLabels { user_id, client_id, key_id }
}

/// An application's key asks about tokens anywhere; every other kind must have a way to a token.
pub(in crate::mint) fn takes(provider: &Provider) -> Vec<CredentialKind> {
    let key = provider.private_key.as_ref();
    let secret = provider.client_secret.is_some() || key.is_some_and(|grant| grant.with_client_secret);
    let kinds = [
        (CredentialKind::PrivateKey, key.is_some()),
        (CredentialKind::ClientSecret, secret),
        (CredentialKind::PersonalToken, provider.ready_token.is_some()),
        (CredentialKind::ApplicationKey, true),
    ];
    kinds.into_iter().filter_map(|(kind, taken)| taken.then_some(kind)).collect()
}

fn endpoints(provider: &Provider) -> Vec<EndpointView> {
    let usual = |endpoint| provider.endpoints.get(endpoint).unwrap_or_default().to_owned();
    let views = Endpoint::ALL.map(|endpoint| EndpointView { usual: usual(endpoint), endpoint });
    views.into_iter().filter(|view| provider.discovers || !view.usual.is_empty()).collect()
}

fn scopes(provider: &Provider) -> ScopesView {
    let rules = &provider.scopes;
    let presets = rules.presets.iter();
    ScopesView {
        place: rules.place,
        separator: rules.separator.clone(),
        required: rules.required,
        defaults: rules.defaults.clone(),
        presets: presets
            .map(|preset| PresetView { scope: preset.scope.clone(), explains: preset.explains.clone() })
            .collect(),
    }
}

fn provisioning(provider: &Provider) -> (Vec<CredentialKind>, Vec<CredentialKind>, bool) {
    let Some(rules) = &provider.provisioning else { return (Vec::new(), Vec::new(), false) };
    let kinds = |key: &str, secret: &str| {
        let kinds = [(CredentialKind::PrivateKey, key), (CredentialKind::ClientSecret, secret)];
        kinds.into_iter().filter_map(|(kind, url)| (!url.is_empty()).then_some(kind)).collect()
    };
    (
        kinds(&rules.create_key.url, &rules.create_secret.url),
        kinds(&rules.delete_key.url, &rules.delete_secret.url),
        !rules.public_key.url.is_empty(),
    )
}

/// The kinds of credential for which there is such a recipe; each once.
fn kinds_of(provider: &Provider, is_such: impl Fn(&Recipe) -> bool) -> Vec<CredentialKind> {
    let mut kinds: Vec<CredentialKind> = Vec::new();
    for recipe in provider.recipes.iter().filter(|recipe| is_such(recipe)) {
        if !kinds.contains(&recipe.kind) {
            kinds.push(recipe.kind);
        }
    }
    kinds
}

/// The audience rule as a shell says it, for example `the issuer and the token endpoint`.
fn audience(provider: &Provider) -> String {
    let Some(grant) = &provider.private_key else {
        return "nothing, as this provider takes no assertion".to_owned();
    };
    let parts: Vec<String> = grant.audience.iter().map(|template| in_words(template, provider)).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(" and ") }
}

/// A template with its placeholders in words: alone as they are, inside a longer text in angle marks.
fn in_words(template: &str, provider: &Provider) -> String {
    placeholders(template).fold(template.to_owned(), |text, name| {
        let (hole, word) = (format!("{{{name}}}"), word_for(name, provider));
        if text == hole { word } else { text.replace(&hole, &format!("‹{word}›")) }
    })
}

fn word_for(name: &str, provider: &Provider) -> String {
    let known = match name {
        "issuer" => "the issuer",
        "base" => "the issuer without a slash at its end",
        "issuerHost" => "the issuer’s host",
        "tokenEndpoint" => "the token endpoint",
        "userId" => "the user id",
        "clientId" => "the client id",
        "keyId" => "the key id",
        "audience" => "the audience that the key file names",
        "title" => "the title",
        _ => provider.parameters.iter().find(|each| each.name == name).map_or(name, |each| &each.label),
    };
    known.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::{KeyGrant, Parameter, built_in};

    fn provider(id: &str) -> Provider {
        built_in().iter().find(|provider| provider.id.0 == id).expect("built in").clone()
    }

    fn view(id: &str) -> ProviderView {
        ProviderView::from(&provider(id))
    }

    #[test]
    fn the_audience_rule_is_said_in_words() {
        let check = |templates: &[&str], expected: &str| {
            let audience = templates.iter().map(|text| (*text).to_owned()).collect();
            let parameter =
                Parameter { name: "orgId".to_owned(), label: "Organisation id".to_owned(), ..Parameter::default() };
            let grant = KeyGrant { audience, ..KeyGrant::default() };
            let provider =
                Provider { private_key: Some(grant), parameters: vec![parameter], ..provider("frontier-rest") };
            assert_eq!(super::audience(&provider), expected);
        };
        check(&["{issuer}", "{issuerHost}"], "the issuer and the issuer’s host");
        check(&["{tokenEndpoint}"], "the token endpoint");
        check(&["{audience}"], "the audience that the key file names");
        check(&["{orgId}"], "Organisation id");
        check(&["https://{issuerHost}/api"], "https://‹the issuer’s host›/api");
        check(&["https://fixed.example"], "https://fixed.example");
        check(&["{unheard}"], "unheard");
        check(&[], "nothing");
        let none = Provider { private_key: None, ..provider("zitadel") };
        assert_eq!(audience(&none), "nothing, as this provider takes no assertion");
    }

    #[test]
    fn a_provider_takes_the_kinds_of_credential_that_get_a_token_there() {
        use CredentialKind::{ApplicationKey, ClientSecret, PersonalToken, PrivateKey};
        let check = |id, expected: &[CredentialKind]| assert_eq!(view(id).takes, expected, "{id}");
        check("zitadel", &[PrivateKey, ClientSecret, PersonalToken, ApplicationKey]);
        check("google", &[PrivateKey, ApplicationKey]);
        // The secret goes along with the key.
        check("box", &[PrivateKey, ClientSecret, ApplicationKey]);
    }

    #[test]
    fn a_server_may_have_the_endpoints_that_are_usual_or_discovered() {
        let has = |id, endpoint| view(id).endpoints.iter().any(|view| view.endpoint == endpoint);
        assert!(Endpoint::ALL.into_iter().all(|endpoint| has("zitadel", endpoint)));
        assert!(has("frontier-rest", Endpoint::Userinfo) && !has("frontier-rest", Endpoint::Introspection));
    }

    #[test]
    fn what_the_api_offers_follows_from_its_calls() {
        let frontier = view("frontier-rest");
        assert_eq!(frontier.creates, [CredentialKind::PrivateKey, CredentialKind::ClientSecret]);
        assert_eq!((frontier.removes, frontier.compares_keys), (frontier.creates, true));
        assert!(view("google").creates.is_empty() && view("google").removes.is_empty());
    }
}
