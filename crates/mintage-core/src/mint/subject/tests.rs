use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::credential::Source;
use crate::ids::{CredentialId, EnvironmentId, ServiceUserId};
use crate::provider::built_in;
use crate::service_user::ServiceUserDraft;

fn provider(id: &str) -> &'static Provider {
    built_in().iter().find(|provider| provider.id.0 == id).expect("built in")
}

fn user(number: u128, name: &str, user_id: &str) -> ServiceUser {
    ServiceUser {
        id: ServiceUserId(Uuid::from_u128(number)),
        environment: EnvironmentId(Uuid::nil()),
        user_id: user_id.to_owned(),
        settings: ServiceUserDraft {
            name: name.to_owned(),
            scopes: Vec::new(),
            favourite: false,
            tags: Vec::new(),
            notes: String::new(),
        },
        default_credential: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        last_used_at: None,
    }
}

fn credential(number: u128, kind: CredentialKind, client_id: Option<&str>) -> Credential {
    Credential {
        id: CredentialId(Uuid::from_u128(number)),
        service_user: ServiceUserId(Uuid::from_u128(1)),
        kind,
        key_id: None,
        client_id: client_id.map(str::to_owned),
        key: None,
        certificate: None,
        audience: None,
        token_endpoint: None,
        source: Source::Form,
        state: CredentialState::Active,
        issued_at: None,
        expires_at: None,
        imported_at: OffsetDateTime::UNIX_EPOCH,
        last_used_at: None,
        refused_at: None,
    }
}

fn subject(names: &[&str]) -> Subject {
    Subject { id: names[0].to_owned(), names: names.iter().map(ToString::to_string).collect() }
}

#[test]
fn an_id_that_only_a_person_typed_gives_way_to_the_servers_and_two_that_may_both_be_right_do_not() {
    use CredentialKind::{ClientSecret, PersonalToken, PrivateKey};
    use Judgement::{Agrees, Another, Corrected};
    let (typed, bob) = (user(1, "alice", "A"), user(2, "bob", "B"));
    for (id, kind, vouched, known, told, expected) in [
        ("frontier-rest", ClientSecret, false, false, &["A"][..], Agrees),
        // The server finds the user by the credential's own id, so the typed one was never checked.
        ("frontier-rest", ClientSecret, false, false, &["B"], Corrected),
        ("frontier-connect", PersonalToken, false, false, &["B"], Corrected),
        ("shield", PrivateKey, false, false, &["B"], Corrected),
        ("zitadel", ClientSecret, false, false, &["B"], Corrected),
        // A key file of the same service user also names its id.
        ("frontier-rest", ClientSecret, true, false, &["B"], Another),
        // Someone else is known by it.
        ("frontier-rest", ClientSecret, false, true, &["B"], Another),
        ("google", PrivateKey, false, true, &["B"], Another),
        // A bearer token has no id: the token may be the wrong one.
        ("zitadel", PersonalToken, false, false, &["B"], Another),
        ("zitadel", PersonalToken, false, true, &["B", "bob"], Another),
        // A login name was entered as the id.
        ("zitadel", PersonalToken, false, false, &["B", "A"], Corrected),
        ("zitadel", PersonalToken, true, false, &["B", "A"], Agrees),
        // If a subject isn't a user id, only the user's other names can decide.
        ("generic", PersonalToken, false, false, &["4711", "A"], Agrees),
        ("generic", PersonalToken, false, false, &["4711", "bob"], Another),
        ("generic", PersonalToken, false, false, &["A"], Agrees),
        ("keycloak", ClientSecret, false, false, &["a-uuid"], Agrees),
        ("google", PrivateKey, false, false, &["1046"], Agrees),
    ] {
        let credential = credential(1, kind, Some("client"));
        let filed = Filed { user: &typed, credential: &credential, vouched, owner: known.then_some(&bob) };
        assert_eq!(judge(provider(id), &filed, &subject(told)), expected, "{id} {kind:?} {vouched} {known} {told:?}");
    }
    // An id that nobody could import isn't accepted from a server either.
    let secret = credential(1, ClientSecret, Some("client"));
    let filed = Filed { user: &typed, credential: &secret, vouched: false, owner: None };
    for no_id in ["", " ", "B\u{202e}", "a b", &"9".repeat(500)] {
        assert_eq!(judge(provider("zitadel"), &filed, &subject(&[no_id])), Agrees, "{no_id:?}");
    }
    // A token that only has a subject says nothing if that isn't a user id.
    let token = credential(1, PersonalToken, None);
    let filed = Filed { user: &typed, credential: &token, vouched: false, owner: None };
    let bare = Subject { id: "4711".into(), names: Vec::new() };
    assert_eq!(judge(provider("generic"), &filed, &bare), Agrees);
}

#[test]
fn what_vouches_for_an_id_is_another_credential_that_does_not_go_by_the_same_client() {
    use CredentialKind::{ClientSecret, PersonalToken, PrivateKey};
    let secret = credential(1, ClientSecret, Some("client"));
    for (number, kind, client, state, expected) in [
        (1, ClientSecret, Some("client"), CredentialState::Active, false),
        (2, ClientSecret, Some("client"), CredentialState::Active, false),
        (2, ClientSecret, Some("another"), CredentialState::Active, true),
        (2, PersonalToken, Some("client"), CredentialState::Active, true),
        (2, PrivateKey, None, CredentialState::Active, true),
        (2, PrivateKey, None, CredentialState::Missing, true),
        (2, PrivateKey, None, CredentialState::Deleting, false),
    ] {
        let other = Credential { state, ..credential(number, kind, client) };
        assert_eq!(vouches(&other, &secret), expected, "{number} {kind:?} {client:?} {state:?}");
    }
}

#[test]
fn both_users_are_named_with_what_to_do() {
    let (typed, bob) = (user(1, "alice", "A"), user(2, "bob", "B"));
    let token = credential(1, CredentialKind::PersonalToken, None);
    let filed = |owner| Filed { user: &typed, credential: &token, vouched: false, owner };
    let said = |notice: SubjectNotice| format!("{}: {}. {}.", notice.code, notice.sentence, notice.help);
    assert_eq!(
        said(another(&filed(Some(&bob)), &subject(&["B"]))),
        "other-subject: The server says this personal access token belongs to `bob` (B), not to `alice` (A). \
         Remove it from `alice` and import it for `bob`."
    );
    assert_eq!(
        said(another(&filed(None), &subject(&["4711", "bob@acme.test"]))),
        "other-subject: The server says this personal access token belongs to `4711`, `bob@acme.test`, not to `alice` (A). \
         Remove it from `alice` and import it with the user id `4711`."
    );
    assert_eq!(
        said(corrected(&filed(None), &subject(&["B"]))),
        "user-id-corrected: The server's id for `alice` is `B`; Mintage had stored `A` and corrected it. \
         Check that this is the right service user."
    );
}
