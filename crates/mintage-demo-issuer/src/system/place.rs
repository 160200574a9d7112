//! A **place** is a running server as it names itself, at one moment: what words are made of.

use time::OffsetDateTime;

use super::Rules;
use crate::assertion::AudienceName;
use crate::dialect::Dialect;
use crate::era::Era;
use crate::version::Version;

#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// Scheme and host, without a slash.
    pub(crate) origin: String,
    /// The issuer's name.
    pub(crate) issuer: String,
    pub(crate) token_url: String,
    /// What `aud` may be; empty where it is not looked at.
    pub(crate) audiences: Vec<String>,
    pub(crate) dialect: Dialect,
    pub(crate) era: Era,
    pub(crate) version: Version,
    pub(crate) now: OffsetDateTime,
}

impl Place {
    /// `audience` takes the place of the system's own names.
    pub(crate) fn new(authority: &str, rules: &Rules, audience: Option<String>) -> Self {
        let origin = format!("http://{authority}");
        let issuer = format!("{origin}{}", rules.issuer);
        let token_url = format!("{origin}{}", rules.paths.token);
        let named = |name: &AudienceName| match name {
            AudienceName::Issuer => issuer.clone(),
            AudienceName::TokenUrl => token_url.clone(),
            AudienceName::Origin => origin.clone(),
            AudienceName::Host => authority.to_owned(),
        };
        let audiences = match audience {
            Some(audience) => vec![audience],
            None => rules.assertion.audience.names.iter().map(named).collect(),
        };
        Self {
            origin,
            issuer,
            token_url,
            audiences,
            dialect: Dialect::default(),
            era: Era::default(),
            version: Version::V0_115,
            now: OffsetDateTime::UNIX_EPOCH,
        }
    }

    /// The name that an assertion should be for.
    pub(crate) fn audience(&self) -> String {
        self.audiences.first().cloned().unwrap_or_default()
    }
}
