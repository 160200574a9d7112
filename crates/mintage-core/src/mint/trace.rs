//! The **trace** of a mint: what was done, step by step, with secrets left out.

use std::time::Instant;

use time::{Duration, OffsetDateTime};

use crate::assertion::{Assertion, AssertionPlan};
use crate::request::Prepared;
use crate::token::{MintStep, MintTrace};

/// Collects the steps of one mint as it goes.
#[derive(Default)]
pub(super) struct Trace(pub(super) MintTrace, Option<f64>);

impl Trace {
    /// Runs a step and remembers how long it took, for the next [`Trace::step`].
    pub(super) async fn time<T>(&mut self, step: impl Future<Output = T>) -> T {
        let start = Instant::now();
        let outcome = step.await;
        self.1 = Some(start.elapsed().as_secs_f64() * 1000.0);
        outcome
    }

    pub(super) fn step(&mut self, name: &str, detail: String) {
        let milliseconds = self.1.take();
        self.0.steps.push(MintStep { name: name.to_owned(), detail, milliseconds, ok: true });
    }

    /// What was prepared and is about to be sent.
    pub(super) fn prepared(&mut self, prepared: &Prepared, url: &str, now: OffsetDateTime) {
        if let (Some(plan), Some(assertion)) = (&prepared.plan, &prepared.assertion) {
            self.signed(plan, assertion, now);
        }
        self.0.request = Some(prepared.shown(url));
    }

    /// Header and payload of the signed assertion.
    pub(super) fn signed(&mut self, plan: &AssertionPlan, assertion: &Assertion, now: OffsetDateTime) {
        let mut facts = vec![plan.algorithm.name().to_owned()];
        facts.extend(plan.key_id.iter().map(|id| format!("kid {id}")));
        facts.extend((!plan.audience.is_empty()).then(|| format!("aud {}", plan.audience.join(", "))));
        let seconds = (plan.expires_at - now).whole_seconds();
        facts.push(if seconds % 60 == 0 { format!("{} min", seconds / 60) } else { format!("{seconds} s") });
        self.step("Assertion signed", facts.join(" · "));
        self.0.assertion = Some(assertion.shown.clone());
    }

    pub(super) fn answered(&mut self, endpoint: &str, status: u16, elapsed: std::time::Duration) {
        self.1 = Some(elapsed.as_secs_f64() * 1000.0);
        self.0.status = Some(status);
        self.step("Token received", format!("POST {endpoint} · {status}"));
    }

    pub(super) fn clock(&mut self, skew: Option<Duration>, corrected_by: Duration) {
        self.0.skew_seconds = skew.map(Duration::as_seconds_f64);
        let Some(skew) = skew else { return };
        let mut detail = compared(skew);
        if !corrected_by.is_zero() {
            detail.push_str(" · used the server's time");
        }
        self.step("Clock", detail);
    }
}

/// How this computer's clock differs from the server's, in whole seconds; positive is ahead.
fn compared(skew: Duration) -> String {
    match skew.whole_seconds() {
        0 => "in sync with the server".to_owned(),
        seconds @ 1.. => format!("{seconds} s ahead of the server"),
        seconds => format!("{} s behind the server", -seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_compared_in_whole_seconds() {
        let check = |milliseconds, expected: &str| {
            assert_eq!(compared(Duration::milliseconds(milliseconds)), expected);
        };
        check(-400, "in sync with the server");
        check(74_000, "74 s ahead of the server");
        check(-2_600, "2 s behind the server");
    }
}
