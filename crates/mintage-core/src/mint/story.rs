//! The **story** of a mint: what was done, step by step, with secrets left out.

use std::time::Instant;

use time::Duration;

use crate::assertion::{Assertion, AssertionPlan};
use crate::issuer::TokenRequest;
use crate::token::{MintStep, MintStory, RequestShown};

/// Collects the steps of one mint as it goes.
#[derive(Default)]
pub(super) struct Story(pub(super) MintStory, Option<f64>);

impl Story {
    /// Runs a step and remembers how long it took, for the next `told`.
    pub(super) async fn time<T>(&mut self, step: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let outcome = step.await;
        self.1 = Some(start.elapsed().as_secs_f64() * 1000.0);
        outcome
    }

    pub(super) fn told(&mut self, name: &str, detail: String) {
        let milliseconds = self.1.take();
        self.0.steps.push(MintStep { name: name.to_owned(), detail, milliseconds, ok: true });
    }

    pub(super) fn signed(&mut self, plan: &AssertionPlan, assertion: &Assertion) {
        let minutes = plan.lifetime().whole_seconds() / 60;
        let audience = plan.audience.join(", ");
        self.told("Assertion signed", format!("RS256 · kid {} · aud {audience} · {minutes} min", plan.key_id));
        self.0.assertion = Some(assertion.shown.clone());
    }

    pub(super) fn sending(&mut self, request: &TokenRequest<'_>) {
        let mut fields = vec![
            ("grant_type".to_owned(), request.grant_type.to_owned()),
            ("assertion".to_owned(), "redacted".to_owned()),
        ];
        if !request.scopes.is_empty() {
            fields.push(("scope".to_owned(), request.scopes.join(" ")));
        }
        self.0.request = Some(RequestShown { method: "POST".to_owned(), url: request.endpoint.to_owned(), fields });
    }

    pub(super) fn answered(&mut self, endpoint: &str, status: u16, elapsed: std::time::Duration) {
        self.1 = Some(elapsed.as_secs_f64() * 1000.0);
        self.0.status = Some(status);
        self.told("Token received", format!("POST {endpoint} · {status}"));
    }

    pub(super) fn clock(&mut self, skew: Option<Duration>, corrected_by: Duration) {
        self.0.skew_seconds = skew.map(Duration::as_seconds_f64);
        let Some(skew) = skew else { return };
        let seconds = skew.whole_seconds();
        let mut detail = match seconds {
            0 => "in step with the server's".to_owned(),
            1.. => format!("{seconds} s ahead of the server's"),
            _ => format!("{} s behind the server's", -seconds),
        };
        if !corrected_by.is_zero() {
            detail.push_str(" · the server's time was used");
        }
        self.told("Clock compared", detail);
    }
}
