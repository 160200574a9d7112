//! The **subject**: whom a server says a credential belongs to, compared with the service user that it was imported
//! for.
//!
//! Rule: an id that only a person typed gives way to the server's, and that is reported. If the service user's id is
//! also known from elsewhere, both may be right, and nothing is changed.

use super::Mint;
use crate::claims;
use crate::credential::{Credential, CredentialKind, CredentialState};
use crate::error::Error;
use crate::key_file;
use crate::provider::{Provider, Scheme};
use crate::service_user::ServiceUser;
use crate::token::{SubjectNotice, Token};

/// The subject that a server names, with its other names.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    /// The subject's id.
    pub(super) id: String,
    /// What else it is called there, for example its user name; empty if only a token named it.
    pub(super) names: Vec<String>,
}

/// What is known about the service user that a credential was imported for.
struct Filed<'a> {
    user: &'a ServiceUser,
    credential: &'a Credential,
    /// Whether its id is known from another credential.
    vouched: bool,
    /// The service user of this environment that has the subject's id.
    owner: Option<&'a ServiceUser>,
}

#[derive(Debug, PartialEq, Eq)]
enum Judgement {
    Agrees,
    Corrected,
    Another,
}

impl Mint {
    /// Compares the subject of a readable token with its service user.
    pub(super) async fn subject_of_token(
        &self,
        provider: &Provider,
        user: &ServiceUser,
        credential: &Credential,
        token: &Token,
    ) -> Option<SubjectNotice> {
        let id = subject_claim(token.access_token.expose())?;
        self.compare_subject(provider, user, credential, &Subject { id, names: Vec::new() }).await
    }

    /// Compares a subject with the service user that a credential was imported for. If the catalogue can't be read or
    /// written, the token isn't lost: the comparison is left to the next response.
    pub(super) async fn compare_subject(
        &self,
        provider: &Provider,
        user: &ServiceUser,
        credential: &Credential,
        subject: &Subject,
    ) -> Option<SubjectNotice> {
        if subject.id == user.user_id {
            return None;
        }
        let _alone = self.catalog.changing().await.ok()?;
        self.settle_subject(provider, user, credential, subject).await.unwrap_or_default()
    }

    async fn settle_subject(
        &self,
        provider: &Provider,
        user: &ServiceUser,
        credential: &Credential,
        subject: &Subject,
    ) -> Result<Option<SubjectNotice>, Error> {
        let owner = self.catalog.service_user_by_user_id(user.environment, &subject.id).await?;
        let others = self.catalog.credentials(Some(user.id)).await?;
        let vouched = others.iter().any(|other| vouches(other, credential));
        let filed = Filed { user, credential, vouched, owner: owner.as_ref() };
        Ok(match judge(provider, &filed, subject) {
            Judgement::Agrees => None,
            Judgement::Corrected => {
                self.catalog.correct_user_id(user.id, &subject.id).await?;
                Some(corrected(&filed, subject))
            }
            Judgement::Another => Some(another(&filed, subject)),
        })
    }
}

/// `sub` of a readable token (RFC 7519 §4.1.2).
pub(super) fn subject_claim(token: &str) -> Option<String> {
    let claims = claims::decode(token, &[]).ok()?;
    claims.payload.into_iter().find(|claim| claim.name == "sub").map(|claim| claim.value)
}

/// Whether another credential independently confirms who the service user is.
fn vouches(other: &Credential, credential: &Credential) -> bool {
    let in_use = matches!(other.state, CredentialState::Active | CredentialState::Missing);
    let same = other.kind == credential.kind && other.client_id == credential.client_id && !other.kind.is_key();
    other.id != credential.id && in_use && !same
}

fn judge(provider: &Provider, filed: &Filed<'_>, subject: &Subject) -> Judgement {
    let Filed { user, credential, vouched, owner } = filed;
    // An id that couldn't be imported isn't accepted from a server either.
    if subject.id.is_empty() || key_file::check_id(&subject.id).is_err() {
        return Judgement::Agrees;
    }
    if subject.id == user.user_id || owner.is_some_and(|owner| owner.id == user.id) {
        return Judgement::Agrees;
    }
    if owner.is_some() {
        return Judgement::Another;
    }
    let is_token = credential.kind == CredentialKind::PersonalToken;
    // What was entered may be another of the server's names for the same user.
    let named = subject.names.contains(&user.user_id);
    // A bearer token has no id but itself: the wrong token is as likely as the wrong id.
    let both_plausible = *vouched || is_token && provider.ready_token == Some(Scheme::Bearer);
    match (provider.userinfo.subject_is_user, named) {
        (false, false) if is_token && !subject.names.is_empty() => Judgement::Another,
        (false, _) => Judgement::Agrees,
        (true, true) if *vouched => Judgement::Agrees,
        (true, false) if both_plausible => Judgement::Another,
        (true, _) => Judgement::Corrected,
    }
}

fn corrected(filed: &Filed<'_>, subject: &Subject) -> SubjectNotice {
    let Filed { user, .. } = filed;
    SubjectNotice {
        code: "user-id-corrected".into(),
        sentence: format!(
            "The server's id for `{}` is `{}`; Mintage had stored `{}` and corrected it",
            user.settings.name, subject.id, user.user_id
        ),
        help: "Check that this is the right service user".into(),
    }
}

fn another(filed: &Filed<'_>, subject: &Subject) -> SubjectNotice {
    let Filed { user, credential, owner, .. } = filed;
    let (name, kind) = (&user.settings.name, credential.kind.name());
    let (whose, help) = match owner {
        Some(owner) => (
            format!("`{}` ({})", owner.settings.name, subject.id),
            format!("Remove it from `{name}` and import it for `{}`", owner.settings.name),
        ),
        None => {
            let known_as = subject.names.iter().find(|other| **other != subject.id);
            let known_as = known_as.map(|other| format!(", `{other}`")).unwrap_or_default();
            (
                format!("`{}`{known_as}", subject.id),
                format!("Remove it from `{name}` and import it with the user id `{}`", subject.id),
            )
        }
    };
    SubjectNotice {
        code: "other-subject".into(),
        sentence: format!("The server says this {kind} belongs to {whose}, not to `{name}` ({})", user.user_id),
        help,
    }
}

#[cfg(test)]
mod tests;
