//! When a rotation can be **undone**, and what that takes.

use super::*;

#[test]
fn undoing_is_refused_once_the_old_credential_may_be_gone() {
    let traits = Traits { removes: true, overlap: true, disables: true, ..Traits::default() };
    let at = |stage, asked| Rotation { stage, asked, ..rotation(traits) };
    for (one, expected) in [
        (at(Stage::Planned, None), Undo::Possible),
        (at(Stage::Made, Some(Step::Register)), Undo::Possible),
        (at(Stage::Switched, None), Undo::Possible),
        (at(Stage::Switched, Some(Step::Disable)), Undo::Possible),
        (at(Stage::Disabled, None), Undo::Possible),
        (at(Stage::Disabled, Some(Step::Remove)), Undo::OldIsGone),
        (at(Stage::Removed, None), Undo::OldIsGone),
        (Rotation { ended_at: Some(NOON), ..at(Stage::Retired, None) }, Undo::Over),
    ] {
        assert_eq!(one.undo(), expected, "{:?} {:?}", one.stage, one.asked);
    }
    let replacing = Traits { overlap: false, ..traits };
    let at = |stage, asked| Rotation { stage, asked, ..rotation(replacing) };
    assert_eq!(at(Stage::Made, None).undo(), Undo::Possible);
    assert_eq!(at(Stage::Made, Some(Step::Register)).undo(), Undo::OldIsGone);
    assert_eq!(at(Stage::Registered, None).undo(), Undo::OldIsGone);
}

#[test]
fn a_refusal_does_not_make_certain_what_a_lost_answer_left_unknown() {
    let traits = Traits {
        maker: Maker::Mintage,
        mark: Mark::None,
        activates: false,
        disables: false,
        lists: false,
        removes: false,
        overlap: false,
    };
    let failed = || FailedStep { code: "offline".into(), message: "no answer".into(), help: "try again".into() };
    let mut tried = rotation(traits);
    answer(&mut tried, Step::Make, false);
    tried.ask(Step::Register, NOON);
    tried.fail(failed(), true, NOON);
    assert_eq!((tried.asked, tried.undo()), (None, Undo::Possible), "nothing was sent");
    for certain in [false, true, true] {
        tried.ask(Step::Register, NOON);
        tried.fail(failed(), certain, NOON);
        assert_eq!(tried.undo(), Undo::OldIsGone, "the first answer that was lost may have ended the old one");
    }
    tried.ask(Step::Register, NOON);
    tried.reach(Stage::Registered, String::new(), NOON);
    assert_eq!(tried.asked, None);
}

#[test]
fn undoing_switches_on_what_may_be_off_and_sweeps_what_may_be_left() {
    let traits =
        Traits { mark: Mark::Title, removes: true, overlap: true, disables: true, lists: true, ..Traits::default() };
    let mut lost = Rotation { stage: Stage::Switched, ..rotation(traits) };
    lost.ask(Step::Disable, NOON);
    lost.direction = Direction::Back;
    assert_eq!(lost.next(NOON), Next::Do { step: Step::Enable }, "it may be off");
    lost.ask(Step::Enable, NOON);
    let failed = FailedStep { code: String::new(), message: String::new(), help: String::new() };
    lost.fail(failed, true, NOON);
    assert_eq!(lost.next(NOON), Next::Do { step: Step::Enable }, "it still may be");
    lost.ask(Step::Enable, NOON);
    lost.reach(Stage::Switched, String::new(), NOON);
    assert_eq!(lost.next(NOON), Next::Do { step: Step::SwitchBack });

    let back = Rotation {
        direction: Direction::Back,
        stage: Stage::Made,
        new: Some(CredentialId(Uuid::nil())),
        ..rotation(traits)
    };
    assert_eq!(back.next(NOON), Next::Do { step: Step::ForgetNew }, "there was one attempt, and it is gone");
    let twice = Rotation { marks: vec!["a".into(), "b".into()], ..back.clone() };
    assert_eq!(twice.next(NOON), Next::Do { step: Step::Sweep });
    let left = Rotation { left: vec!["7".into()], ..back };
    assert_eq!(left.next(NOON), Next::Do { step: Step::Sweep });
}

/// Nobody else can remove what a person uploaded.
#[test]
fn undoing_an_upload_waits_for_the_person_who_made_it() {
    let traits = Traits { maker: Maker::Console, overlap: true, ..Traits::default() };
    let back = Rotation { direction: Direction::Back, stage: Stage::Registered, person: true, ..rotation(traits) };
    assert_eq!(back.next(NOON), Next::RemoveByHand);
    assert_eq!(Rotation { person: false, ..back }.next(NOON), Next::Do { step: Step::ForgetNew });
}
