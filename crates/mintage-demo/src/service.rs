//! A **service** is a kind of server: its rules, and its endpoints at their paths.

use std::sync::Arc;

use axum::Router;

use crate::http;
use crate::rules::Rules;
use crate::shared::Shared;
use crate::zitadel;

/// A kind of server.
#[derive(Clone)]
pub struct Service {
    /// What its endpoints ask.
    pub rules: Rules,
    /// What it serves.
    pub endpoints: Router<Arc<Shared>>,
    /// Whether it tells a request for another host which domain it is configured for.
    pub names_its_domain: bool,
}

impl Service {
    /// ZITADEL, in the era of the quirks.
    pub fn zitadel() -> Self {
        let endpoints = http::zitadel(&zitadel::RULES.paths);
        Self { rules: zitadel::RULES, endpoints, names_its_domain: true }
    }

    /// A server with the endpoints of OAuth and OpenID Connect.
    pub fn standard(rules: Rules) -> Self {
        Self { rules, endpoints: http::standard(&rules.paths), names_its_domain: false }
    }
}
