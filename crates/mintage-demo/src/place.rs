//! A **place** is a running server's names and time, at one moment: the input for its words.

use time::OffsetDateTime;

use crate::assertion::AudienceName;
use crate::dialect::Dialect;
use crate::era::Era;

#[derive(Clone, Debug)]
pub struct Place {
    /// Scheme and host, without a slash.
    pub origin: String,
    /// The issuer's name.
    pub issuer: String,
    pub token_url: String,
    /// What `aud` may be; empty if it is ignored.
    pub audiences: Vec<String>,
    pub dialect: Dialect,
    pub era: Era,
    pub now: OffsetDateTime,
}

impl Place {
    /// The issuer's name is the origin and `suffix`. `audience` takes the place of the system's own `names`.
    pub fn new(
        authority: &str,
        suffix: &str,
        token_path: &str,
        names: &[AudienceName],
        audience: Option<String>,
    ) -> Self {
        let origin = format!("http://{authority}");
        let issuer = format!("{origin}{suffix}");
        let token_url = format!("{origin}{token_path}");
        let named = |name: &AudienceName| match name {
            AudienceName::Issuer => issuer.clone(),
            AudienceName::TokenUrl => token_url.clone(),
            AudienceName::Origin => origin.clone(),
            AudienceName::Host => authority.to_owned(),
        };
        let audiences = match audience {
            Some(audience) => vec![audience],
            None => names.iter().map(named).collect(),
        };
        Self {
            origin,
            issuer,
            token_url,
            audiences,
            dialect: Dialect::default(),
            era: Era::default(),
            now: OffsetDateTime::UNIX_EPOCH,
        }
    }

    /// The name that an assertion should be for.
    pub fn audience(&self) -> String {
        self.audiences.first().cloned().unwrap_or_default()
    }
}
