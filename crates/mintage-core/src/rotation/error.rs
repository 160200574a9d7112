//! What can be wrong with a rotation.

use crate::error_table::error_table;

error_table! {
    /// A rotation can't begin, go on or be undone.
    #[derive(Debug, thiserror::Error)]
    pub enum RotationError {
        /// The provider's API doesn't create this.
        #[error("creating a {what} through the API of {provider} isn't supported")]
        [code = "creation-unsupported", help = "Create it in the console, then import its key"]
        NoCreation {
            /// The provider's name.
            provider: String,
            /// What was to be created, for example `service user`.
            what: &'static str,
        },
        /// The server has a service user with the name of the one that was to be created.
        #[error("the server already has a service user called `{name}`, with the id `{user_id}`")]
        [code = "creation-name-taken", help = "Choose another name, or import a key of the one that is there"]
        NameTaken {
            /// The name.
            name: String,
            /// The id at the server of the one that has it.
            user_id: String,
        },
        /// A service user with this name is being created, and what the server made of it isn't known.
        #[error("creating `{name}` is already under way")]
        [code = "creation-open", help = "Continue it, or clean it up"]
        CreationOpen {
            /// The name.
            name: String,
        },
        /// Another process is creating it.
        #[error("another Mintage is creating `{name}`")]
        [code = "creation-busy", help = "Let it finish, then try again"]
        CreationBusy {
            /// The name.
            name: String,
        },
        /// The provider has no recipe for this kind of credential.
        #[error("rotating a {credential} at {provider} isn't supported")]
        [code = "rotation-unsupported", help = "Create a new one in the console, import it, and remove the old one"]
        Unsupported {
            /// The provider's name.
            provider: String,
            /// What it is, for example `client secret`.
            credential: &'static str,
        },
        /// A key file was brought to a rotation that doesn't wait for one.
        #[error("the rotation of `{service_user}` doesn't wait for a key file")]
        [code = "rotation-no-file-wanted", help = "Continue it, or import the file instead"]
        NoFileWanted {
            /// The service user's name.
            service_user: String,
        },
        /// What was brought can't be the new key.
        #[error("this file can't replace the key of `{service_user}`: {why}")]
        [code = "rotation-wrong-file", help = "Choose the file that the provider's console has just made"]
        WrongFile {
            /// The service user's name.
            service_user: String,
            /// Why not.
            why: &'static str,
        },
        /// The acting service user may not create others, or not give them this role.
        #[error("`{by}` isn't allowed to create `{name}`, or to give it this role")]
        [
            code = "creation-not-allowed",
            help(role) = format!("Choose a service user with the role {role}, or ask an administrator to grant it")
        ]
        MayNotCreate {
            /// The acting service user's name.
            by: String,
            /// The name of the one that was to be created.
            name: String,
            /// The role that has the permission.
            role: String,
        },
        /// The answer to creating a service user has no id.
        #[error("the response from `{host}` doesn't say the new service user's id")]
        [code = "creation-answer-unread", help = "Continue the creation: Mintage looks for the service user by its name"]
        CreatedUnread {
            /// Host and port.
            host: String,
        },
        /// The acting service user lacks the permission.
        #[error("`{by}` isn't allowed to manage the credentials of `{service_user}`")]
        [
            code = "rotation-not-allowed",
            help(role) = format!("Choose a service user with the role {role}, or ask an administrator to grant it")
        ]
        NotAllowed {
            /// The acting service user's name.
            by: String,
            /// Whose credential it is.
            service_user: String,
            /// The role that allows it.
            role: String,
        },
        /// The service user itself can't do it at this provider.
        #[error("at {provider}, a service user can't manage its own credentials")]
        [
            code = "rotation-not-itself",
            help(role) = format!("Choose a service user of the same environment with the role {role}")
        ]
        NotItself {
            /// The provider's name.
            provider: String,
            /// The role that allows it.
            role: String,
        },
        /// The server makes the new credential and ends the old one with it, and the service user has nothing else to act
        /// with.
        #[error("`{service_user}` has no other credential to act with: if the response with the new {credential} were lost, none would work")]
        [
            code = "rotation-nothing-spare",
            help = "Add a key to it first, or choose another service user to act for it"
        ]
        NothingSpare {
            /// The service user's name.
            service_user: String,
            /// What is replaced, for example `client secret`.
            credential: &'static str,
        },
        /// Another rotation of the same service user isn't over.
        #[error("a rotation of `{service_user}` is already under way")]
        [code = "rotation-open", help = "Continue it, or undo it; if its server is gone for good, remove the environment"]
        Open {
            /// The service user's name.
            service_user: String,
        },
        /// Another process is working on it.
        #[error("another Mintage is working on the rotation of `{service_user}`")]
        [code = "rotation-busy", help = "Let it finish, then try again"]
        Busy {
            /// The service user's name.
            service_user: String,
        },
        /// A rotation was to be undone that is over.
        #[error("the rotation of `{service_user}` is over")]
        [code = "rotation-over", help = "Rotate again to get another credential"]
        Over {
            /// The service user's name.
            service_user: String,
        },
        /// A rotation was to be undone whose old credential is gone.
        #[error("the old credential of `{service_user}` is gone at the server, so the rotation can't be undone")]
        [code = "rotation-past-undo", help = "Continue it"]
        PastUndo {
            /// The service user's name.
            service_user: String,
        },
        /// The service user has no registration access token, or the keychain has it no longer.
        #[error("`{service_user}` has no registration access token")]
        [code = "registration-token-missing", help = "Ask an administrator for one for this client, and enter it"]
        NoRegistrationToken {
            /// The service user's name.
            service_user: String,
        },
        /// The server doesn't take the registration access token.
        #[error("the server doesn't accept the registration access token of `{service_user}`")]
        [
            code = "registration-token-refused",
            help = "Ask an administrator for a new registration access token of this client, and enter it"
        ]
        RegistrationTokenRefused {
            /// The service user's name.
            service_user: String,
        },
        /// The server has replaced the registration access token with its answer, and the new one couldn't be stored.
        #[error("the server replaced the registration access token of `{service_user}`, and the new one couldn't be stored")]
        [
            code = "registration-token-not-kept",
            help = "Unlock the keychain and continue; if the server then refuses the token, enter a new one"
        ]
        RegistrationTokenNotKept {
            /// The service user's name.
            service_user: String,
            /// Why.
            #[source]
            source: Box<dyn std::error::Error + Send + Sync>,
        },
        /// The server has as many credentials as it allows.
        #[error("`{service_user}` already has {found} credentials at the server, which allows {limit}")]
        [code = "rotation-limit", help = "Remove one that is no longer needed, then try again"]
        Limit {
            /// The service user's name.
            service_user: String,
            /// How many there are.
            found: u32,
            /// How many it may have.
            limit: u32,
        },
        /// Adding the new credential ends the old one, and that wasn't confirmed.
        #[error("at {provider}, the old credential stops working as soon as the new one is added")]
        [code = "rotation-no-overlap", help = "Confirm it, at a time when nothing else uses the old one"]
        NoOverlap {
            /// The provider's name.
            provider: String,
        },
        /// Rotating in production wasn't confirmed for this rotation.
        #[error("`{environment}` is a production environment, and you haven't confirmed this rotation")]
        [code = "rotation-unconfirmed", help = "Confirm that you want to rotate in production"]
        Unconfirmed {
            /// The environment's name.
            environment: String,
        },
        /// The server made a key although it got a public half.
        #[error("`{host}` generated a key instead of accepting yours")]
        [code = "rotation-server-made-key", help = "Ask whoever runs the server; the key it generated was removed again"]
        ServerMadeKey {
            /// Host and port.
            host: String,
        },
        /// The answer to adding a credential has no id.
        #[error("the response from `{host}` doesn't say the new credential's id")]
        [code = "rotation-answer-unread", help = "Undo the rotation, then check the provider's profile"]
        AnswerUnread {
            /// Host and port.
            host: String,
        },
        /// A rotation can't be undone because its old credential no longer works.
        #[error("the old credential of `{service_user}` no longer works, so the new one stays")]
        [code = "rotation-old-fails", help = "Continue the rotation instead of undoing it"]
        OldFails {
            /// The service user's name.
            service_user: String,
            /// Why it doesn't work.
            #[source]
            source: Box<dyn std::error::Error + Send + Sync>,
        },
        /// An answer was lost, and the server has credentials that may have been in it.
        #[error("the server lists `{key_ids}`: one of them may be from a response that was lost, or they may be somebody else's")]
        [
            code = "rotation-left-unknown",
            help = "List what is at the server, remove it there unless somebody else made it, then try again"
        ]
        LeftUnknown {
            /// Their ids.
            key_ids: String,
        },
        /// The server said that the credential is gone, but its list still has it, or can't be read.
        #[error("the server didn't confirm that `{key_id}` is gone")]
        [code = "rotation-not-confirmed", help = "Try again; nothing was removed here"]
        NotConfirmed {
            /// Its id.
            key_id: String,
        },
        /// What may be the last credential that works was to be removed without naming it.
        #[error("without `{key_id}`, Mintage may have no credential of `{service_user}` left that works")]
        [code = "last-credential", help = "Rotate it instead, or enter its id to confirm"]
        LastCredential {
            /// Its id.
            key_id: String,
            /// The service user's name.
            service_user: String,
        },
        /// The provider's API has no list of credentials.
        #[error("there is no list of credentials at {provider} that Mintage can read")]
        [code = "credentials-unlisted", help = "Look in the provider's console"]
        Unlisted {
            /// The provider's name.
            provider: String,
        },
    }
}
