//! How Frontier's keys, secrets and tokens are managed.

use super::super::*;
use crate::credential::CredentialKind;

/// How Frontier's tokens are made, listed and removed.
pub(super) struct TokenCalls {
    pub(super) create: Call,
    pub(super) list: Call,
    pub(super) delete: Call,
}

/// The server makes every credential, and an administrator asks for it. Secrets and tokens are in one table: the list of
/// either has both (v0.90 and v0.115, measured), and nothing in it tells them apart: listing tokens is listing secrets
/// (the server's source, `Service.ListToken`).
pub(super) fn frontier(
    provisioning: &Provisioning,
    list_keys: Call,
    list_secrets: Call,
    of_tokens: TokenCalls,
) -> Vec<Recipe> {
    let keys = Recipe {
        name: "Frontier’s API".into(),
        maker: Maker::Server,
        actor: ActorRules { role: FRONTIER_ROLE.into(), ..ActorRules::default() },
        mark: Mark::Title,
        add: AddRules {
            call: provisioning.create_key.clone(),
            secret: "/key".into(),
            secret_is_file: true,
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: list_keys,
            items: "/keys".into(),
            id: "/id".into(),
            created: "/created_at".into(),
            title: "/title".into(),
            ..ListRules::default()
        }),
        remove: Some(provisioning.delete_key.clone()),
        // Deleting what is unknown succeeds (v0.90 and v0.115, measured).
        confirm_by_list: true,
        ..Recipe::default()
    };
    let secrets = Recipe {
        kind: CredentialKind::ClientSecret,
        id_is_client_id: true,
        add: AddRules { call: provisioning.create_secret.clone(), secret: "/secret".into(), ..keys.add.clone() },
        list: Some(ListRules {
            call: list_secrets,
            items: "/secrets".into(),
            mixed_with: vec![CredentialKind::PersonalToken],
            ..keys.list.clone().unwrap_or_default()
        }),
        remove: Some(provisioning.delete_secret.clone()),
        ..keys.clone()
    };
    // Sent as Basic after its id.
    let tokens = Recipe {
        kind: CredentialKind::PersonalToken,
        id_is_client_id: true,
        add: AddRules {
            call: of_tokens.create,
            id: "/token/id".into(),
            secret: "/token/token".into(),
            ..AddRules::default()
        },
        list: Some(ListRules {
            call: of_tokens.list,
            items: "/tokens".into(),
            mixed_with: vec![CredentialKind::ClientSecret],
            ..keys.list.clone().unwrap_or_default()
        }),
        remove: Some(of_tokens.delete),
        ..keys.clone()
    };
    vec![keys, secrets, tokens]
}

/// The role that manages Frontier's service users and their credentials.
pub(super) const FRONTIER_ROLE: &str = "administrator of the organisation";
