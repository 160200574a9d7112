//! The **steps** of a rotation, in words, while they happen.

use std::sync::atomic::{AtomicUsize, Ordering};

use mintage_cli::args::Global;
use mintage_cli::failure::escaped;
use mintage_core::mint::RotationView;
use mintage_core::provider::Maker;
use mintage_core::rotation::{Step, StepRecord};

use super::complain;

/// Says each step once it was answered. `told` is how many of the record's steps were told, or needn't be.
pub(super) fn tell(view: &RotationView, told: &AtomicUsize, global: &Global) {
    if global.quiet || global.json {
        return;
    }
    for step in answered_since(&view.rotation.steps, told) {
        let mark = if step.error_code.is_some() { "failed" } else { "done" };
        let detail = if step.detail.is_empty() { String::new() } else { format!(": {}", escaped(&step.detail)) };
        complain(&format!("{mark:<7}{}{detail}", name_of(step.step, view.rotation.traits.maker)));
    }
}

/// The steps that were answered since. Only the last one may still be under way: one before it that has no answer was
/// interrupted, and never gets one.
fn answered_since<'a>(steps: &'a [StepRecord], told: &AtomicUsize) -> impl Iterator<Item = &'a StepRecord> {
    let under_way = steps.last().is_some_and(|last| last.answered_at.is_none());
    let until = steps.len() - usize::from(under_way);
    let from = told.fetch_max(until, Ordering::Relaxed);
    steps.get(from..until).unwrap_or_default().iter().filter(|step| step.answered_at.is_some())
}

/// What a step does, by who makes the key.
pub(super) fn name_of(step: Step, maker: Maker) -> &'static str {
    match step {
        Step::Make if maker == Maker::Download => "store the key from the file, in the keychain",
        Step::Make => "make a key, in memory and in the keychain",
        Step::Register => "register it at the server",
        Step::Find => "look at the server for what is left of it",
        Step::Prove => "mint a token with it",
        Step::Switch => "make it the default",
        Step::Sweep => "remove what was left at the server",
        Step::Disable => "switch the old one off at the server",
        Step::Remove => "remove the old one at the server",
        Step::Forget => "remove the old one here",
        Step::Enable => "switch the old one on again at the server",
        Step::SwitchBack => "make the old one the default again",
        Step::RemoveNew => "remove the new one at the server",
        Step::ForgetNew => "remove the new one here",
    }
}

#[cfg(test)]
mod tests {
    use time::OffsetDateTime;

    use super::*;

    fn record(step: Step, answered: bool) -> StepRecord {
        StepRecord {
            step,
            at: OffsetDateTime::UNIX_EPOCH,
            answered_at: answered.then_some(OffsetDateTime::UNIX_EPOCH),
            detail: String::new(),
            error_code: None,
            error: None,
            help: None,
        }
    }

    #[test]
    fn each_answered_step_is_told_once_and_an_interrupted_one_hides_none_after_it() {
        let told = AtomicUsize::new(0);
        let since = |steps: &[StepRecord]| answered_since(steps, &told).map(|step| step.step).collect::<Vec<_>>();
        let mut steps = vec![record(Step::Make, true), record(Step::Register, false)];
        assert_eq!(since(&steps), [Step::Make]);
        steps.push(record(Step::Find, false));
        assert!(since(&steps).is_empty());
        steps[2] = record(Step::Find, true);
        assert_eq!(since(&steps), [Step::Find]);
        steps.push(record(Step::Prove, true));
        assert_eq!(since(&steps), [Step::Prove]);
        assert!(since(&steps).is_empty());
    }
}
