//! Every state of a rotation, one after the other: that it ends, that it is recorded, and what is never done.

use std::collections::HashSet;

use time::macros::datetime;
use uuid::Uuid;

use super::*;

mod undoing;

const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);

pub(super) fn rotation(traits: Traits) -> Rotation {
    Rotation {
        id: RotationId(Uuid::from_u128(1)),
        environment: EnvironmentId(Uuid::from_u128(2)),
        environment_name: "Shop".into(),
        service_user: ServiceUserId(Uuid::from_u128(3)),
        service_user_name: "bot".into(),
        by: ServiceUserId(Uuid::from_u128(3)),
        by_name: "bot".into(),
        kind: CredentialKind::PrivateKey,
        recipe: "an API".into(),
        traits,
        old: Some(CredentialId(Uuid::from_u128(4))),
        old_key_id: Some("old".into()),
        new: None,
        new_key_id: None,
        title: String::new(),
        expires_at: None,
        valid_from: None,
        marks: Vec::new(),
        known_before: Vec::new(),
        left: Vec::new(),
        grace_seconds: 0,
        retire_at: None,
        registered_by: None,
        pause: false,
        person: traits.maker == Maker::Console,
        prove_again: false,
        stage: Stage::Planned,
        asked: None,
        disabling: false,
        asked_again: false,
        swept: false,
        direction: Direction::Forward,
        steps: Vec::new(),
        started_at: NOON,
        ended_at: None,
    }
}

/// Every combination of what a recipe can be.
fn all_traits() -> Vec<Traits> {
    let mut all = Vec::new();
    for maker in [Maker::Mintage, Maker::Server, Maker::Console, Maker::Download] {
        for mark in [Mark::None, Mark::ExpiryMicroseconds] {
            for bits in 0_u8..8 {
                let (disables, removes, overlap) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0);
                all.push(Traits { maker, mark, activates: false, disables, lists: true, removes, overlap });
            }
        }
    }
    all
}

/// What a step leads to when it is answered.
fn answer(rotation: &mut Rotation, step: Step, found: bool) {
    rotation.ask(step, NOON);
    let stage = match step {
        Step::Make if rotation.traits.maker == Maker::Download => Stage::Registered,
        Step::Make => Stage::Made,
        Step::Register => Stage::Registered,
        Step::Find if found => Stage::Registered,
        Step::Find | Step::Sweep => rotation.stage,
        Step::Prove => Stage::Proven,
        Step::Switch | Step::Enable => Stage::Switched,
        Step::Disable => Stage::Disabled,
        Step::Remove => Stage::Removed,
        Step::Forget => Stage::Retired,
        Step::SwitchBack => Stage::Proven,
        Step::RemoveNew => Stage::Made,
        Step::ForgetNew => Stage::Planned,
    };
    match step {
        Step::Make => rotation.new = Some(CredentialId(Uuid::from_u128(5))),
        Step::Register => {
            rotation.marks.push("mark".into());
            rotation.new = Some(CredentialId(Uuid::from_u128(5)));
        }
        Step::Switch => rotation.retire_at = Some(rotation.grace_ends(NOON)),
        Step::Sweep => rotation.swept = true,
        Step::ForgetNew => rotation.new = None,
        _ => {}
    }
    rotation.reach(stage, String::new(), NOON);
}

/// The step that comes next: one that can be taken, or that the file is stored which a person brings.
fn coming(rotation: &Rotation) -> Option<Step> {
    match rotation.next(rotation.retire_at.unwrap_or(NOON)) {
        Next::Do { step } => Some(step),
        Next::Bring => Some(Step::Make),
        _ => None,
    }
}

/// Lets it go on until it ends; whoever must act, does.
fn run(rotation: &mut Rotation) -> Vec<Step> {
    let mut steps = Vec::new();
    for _ in 0..32 {
        if let Some(step) = coming(rotation) {
            steps.push(step);
            answer(rotation, step, true);
            continue;
        }
        match rotation.next(rotation.retire_at.unwrap_or(NOON)) {
            Next::Do { .. } | Next::Bring => unreachable!("it came"),
            Next::Pause => rotation.pause = false,
            Next::Upload | Next::RemoveByHand => rotation.person = false,
            Next::Grace { until } => panic!("{until} is now"),
            Next::End => return steps,
        }
    }
    panic!("it doesn't end: {steps:?}");
}

#[test]
fn a_rotation_takes_its_steps_in_their_order() {
    let traits = Traits { mark: Mark::ExpiryMicroseconds, removes: true, overlap: true, ..Traits::default() };
    let mut plain = rotation(traits);
    let expected = [Step::Make, Step::Register, Step::Prove, Step::Switch, Step::Remove, Step::Forget];
    assert_eq!(run(&mut plain), expected);
    assert_eq!(plain.stage, Stage::Retired);

    let mut careful = rotation(Traits { disables: true, ..traits });
    careful.pause = true;
    let expected = [Step::Make, Step::Register, Step::Prove, Step::Switch, Step::Disable, Step::Remove, Step::Forget];
    assert_eq!(run(&mut careful), expected);

    let mut first = rotation(traits);
    first.old = None;
    assert_eq!(run(&mut first), [Step::Make, Step::Register, Step::Prove, Step::Switch]);
}

#[test]
fn every_rotation_ends_and_proves_before_it_retires() {
    for traits in all_traits() {
        let mut one = rotation(traits);
        let steps = run(&mut one);
        let place = |step| steps.iter().position(|found| *found == step);
        let proven = place(Step::Prove).expect("it is proven");
        for later in [Step::Switch, Step::Disable, Step::Remove, Step::Forget] {
            assert!(place(later).is_none_or(|at| at > proven), "{traits:?}: {steps:?}");
        }
        assert_eq!(steps.iter().collect::<HashSet<_>>().len(), steps.len(), "{traits:?}: {steps:?}");
    }
}

/// Interrupts a rotation before and after every answer, and goes on, or back.
#[test]
fn wherever_it_is_interrupted_it_can_go_on_and_usually_back() {
    for traits in all_traits() {
        let mut stages = rotation(traits);
        for _ in 0..16 {
            let Some(step) = coming(&stages) else {
                if stages.next(NOON) == Next::End {
                    break;
                }
                (stages.pause, stages.person) = (false, false);
                continue;
            };
            let mut interrupted = stages.clone();
            interrupted.ask(step, NOON);
            for (found, back) in [(true, false), (false, false), (true, true), (false, true)] {
                let mut resumed = interrupted.clone();
                if step == Step::Register {
                    resumed.marks.push("mark".into());
                }
                if back && resumed.undo() != Undo::Possible {
                    continue;
                }
                resumed.direction = if back { Direction::Back } else { Direction::Forward };
                check_resumed(resumed, step, found);
            }
            answer(&mut stages, step, true);
        }
    }
}

fn check_resumed(mut resumed: Rotation, interrupted_at: Step, found: bool) {
    let (traits, back) = (resumed.traits, resumed.direction == Direction::Back);
    let mut steps = Vec::new();
    for _ in 0..32 {
        if let Some(step) = coming(&resumed) {
            let can_tell = traits.mark != Mark::None || traits.maker == Maker::Server;
            if interrupted_at == Step::Register && can_tell && steps.is_empty() {
                assert_eq!(step, Step::Find, "what was left at the server is looked for first");
            }
            steps.push(step);
            answer(&mut resumed, step, found);
            continue;
        }
        match resumed.next(resumed.retire_at.unwrap_or(NOON)) {
            Next::End => {
                if back {
                    let touched = [Step::Disable, Step::Remove, Step::Forget];
                    assert!(!steps.iter().any(|step| touched.contains(step)), "{traits:?} {steps:?}");
                    assert_eq!(resumed.new, None, "{traits:?} {interrupted_at:?} {steps:?}");
                } else {
                    assert!(resumed.stage >= Stage::Switched, "{traits:?} {steps:?}");
                }
                return;
            }
            _ => (resumed.pause, resumed.person) = (false, false),
        }
    }
    panic!("{traits:?} interrupted at {interrupted_at:?} doesn't end: {steps:?}");
}

#[test]
fn the_old_credential_lasts_until_its_grace_is_over() {
    let traits = Traits { removes: true, overlap: true, ..Traits::default() };
    let mut one = Rotation { stage: Stage::Switched, grace_seconds: 60, ..rotation(traits) };
    one.retire_at = Some(one.grace_ends(NOON));
    let until = NOON + Duration::seconds(60);
    assert_eq!(one.next(NOON), Next::Grace { until });
    assert_eq!(one.next(until - Duration::NANOSECOND), Next::Grace { until });
    assert_eq!(one.next(until), Next::Do { step: Step::Remove });
    assert!(!one.can_go_on(NOON) && one.can_go_on(until));
}

/// Whoever still uses it notices, and can have it switched on again.
#[test]
fn what_is_switched_off_stays_so_for_as_long_as_the_grace_was_before_it_is_removed() {
    let traits = Traits { removes: true, overlap: true, disables: true, ..Traits::default() };
    let mut one = Rotation { stage: Stage::Switched, grace_seconds: 60, ..rotation(traits) };
    one.retire_at = Some(NOON);
    assert_eq!(one.next(NOON), Next::Do { step: Step::Disable });
    one.ask(Step::Disable, NOON);
    one.retire_at = Some(one.grace_ends(NOON));
    one.reach(Stage::Disabled, String::new(), NOON);
    let until = NOON + Duration::MINUTE;
    assert_eq!((one.next(NOON), one.undo()), (Next::Grace { until }, Undo::Possible));
    assert_eq!(one.next(until), Next::Do { step: Step::Remove });
    let back = Rotation { direction: Direction::Back, ..one };
    assert_eq!(back.next(NOON), Next::Do { step: Step::Enable });
}

/// Only to somebody who has seen it does an empty list say that it is gone.
#[test]
fn who_registered_the_new_credential_is_recorded() {
    let mut one = rotation(Traits::default());
    answer(&mut one, Step::Make, false);
    assert_eq!(one.registered_by, None);
    answer(&mut one, Step::Register, false);
    assert_eq!(one.registered_by, Some(one.by));
    let written = serde_json::to_value(&one).expect("it is plain data");
    let mut older = written.clone();
    older.as_object_mut().expect("it is an object").remove("registeredBy");
    let read: Rotation = serde_json::from_value(older).expect("an older record can be read");
    assert_eq!(read, Rotation { registered_by: None, ..one });
}

#[test]
fn what_was_lost_on_the_way_is_swept_after_the_switch_even_during_the_grace() {
    let traits = Traits { mark: Mark::ExpiryMicroseconds, removes: true, overlap: true, ..Traits::default() };
    let mut one = Rotation { stage: Stage::Switched, retire_at: Some(NOON + Duration::HOUR), ..rotation(traits) };
    one.marks = vec!["a".into(), "b".into()];
    assert_eq!(one.next(NOON), Next::Do { step: Step::Sweep });
    one.swept = true;
    assert!(matches!(one.next(NOON), Next::Grace { .. }));
}

#[test]
fn what_is_ahead_is_what_is_then_taken() {
    let check = |going: &Rotation| assert_eq!(going.ahead(), run(&mut going.clone()), "{going:?}");
    for traits in all_traits() {
        let mut going = rotation(traits);
        loop {
            check(&going);
            if going.undo() == Undo::Possible {
                check(&Rotation { direction: Direction::Back, ..going.clone() });
            }
            if let Some(step) = coming(&going) {
                answer(&mut going, step, true);
                continue;
            }
            match going.next(going.retire_at.unwrap_or(NOON)) {
                Next::Do { .. } | Next::Bring => unreachable!("it came"),
                Next::Upload | Next::RemoveByHand => going.person = false,
                Next::Pause | Next::Grace { .. } => unreachable!("it has no pause and no grace"),
                Next::End => break,
            }
        }
    }
}

/// In the meantime somebody may have removed the new one.
#[test]
fn a_proof_that_is_old_is_repeated_before_anything_is_done_to_the_old_credential() {
    for traits in all_traits().into_iter().filter(|traits| traits.overlap) {
        let mut one = rotation(traits);
        one.grace_seconds = 3600;
        while one.stage != Stage::Switched {
            match coming(&one) {
                Some(step) => answer(&mut one, step, true),
                None => one.person = false,
            }
        }
        one.person = !one.can_remove_old();
        let later = NOON + Duration::HOUR;
        assert_eq!(one.next(later), Next::Do { step: Step::Prove }, "{traits:?}");
        one.asked = Some(Step::Remove);
        one.ask(Step::Prove, later);
        assert_eq!(one.asked, Some(Step::Remove), "what is unknown stays known to be unknown");
        one.reach(Stage::Switched, String::new(), later);
        assert_ne!(one.next(later), Next::Do { step: Step::Prove }, "{traits:?}");
        // A clock that was set back doesn't make a proof of the future.
        assert_eq!(one.next(later - Duration::MINUTE), Next::Grace { until: later });
    }
}

/// Whoever removes a credential by hand may take the wrong one, and then nothing that works may go here.
#[test]
fn after_a_person_removed_the_old_credential_the_new_one_is_proven_once_more() {
    let traits = Traits { maker: Maker::Download, overlap: true, ..Traits::default() };
    let mut one = Rotation { stage: Stage::Switched, retire_at: Some(NOON), ..rotation(traits) };
    one.prove_again = true;
    assert_eq!((one.next(NOON), one.ahead()), (Next::Do { step: Step::Prove }, vec![Step::Forget]));
    one.ask(Step::Prove, NOON);
    one.reach(Stage::Switched, String::new(), NOON);
    assert_eq!(one.next(NOON), Next::Do { step: Step::Forget });
}

/// The file may have been the wrong one.
#[test]
fn another_file_may_be_brought_until_one_is_proven() {
    let traits = Traits { maker: Maker::Download, overlap: true, ..Traits::default() };
    let at = |stage| Rotation { stage, ..rotation(traits) };
    assert_eq!(at(Stage::Planned).next(NOON), Next::Bring);
    for (stage, takes) in [(Stage::Planned, true), (Stage::Registered, true), (Stage::Proven, false)] {
        assert_eq!(at(stage).takes_file(), takes, "{stage:?}");
    }
    assert!(!Rotation { direction: Direction::Back, ..at(Stage::Registered) }.takes_file());
    assert!(!rotation(Traits { maker: Maker::Console, ..traits }).takes_file());
}

#[test]
fn only_steps_that_change_nothing_may_be_dropped() {
    assert!(Step::Find.may_be_dropped() && Step::Prove.may_be_dropped());
    for step in [Step::Make, Step::Register, Step::Switch, Step::Disable, Step::Remove, Step::Forget, Step::RemoveNew] {
        assert!(!step.may_be_dropped(), "{step:?} changes something");
    }
}
