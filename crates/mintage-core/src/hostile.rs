//! **Hostile** inputs for the tests of every parser of outside data: far too deep, far too long, far too many.
//!
//! Rule: every parser is run on them by the test next to it, on a stack much smaller than any of our threads has, in a
//! debug build, whose frames are large. A parser that recurses without a bound, or that drops its result recursively,
//! crashes the test program there.

/// The size of the small stack, in bytes. Threads of the async runtime have eight times as much.
const SMALL: usize = 256 * 1024;

/// The size of a document, in bytes: enough for sixty thousand levels.
const SIZE: usize = 60_000;

/// Runs a test's work on a small stack.
pub(crate) fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(SMALL).spawn(work).expect("a thread for the test");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

/// JSON, and near-JSON, of about [`SIZE`] bytes each.
pub(crate) fn json() -> Vec<String> {
    let times = |text: &str| text.repeat(SIZE / text.len());
    let numbered = |before: &str, after: &str| {
        let parts: Vec<String> = (0..SIZE / 16).map(|number| format!("\"m{number}\"{after}")).collect();
        format!("{before}{}", parts.join(","))
    };
    vec![
        times("["),
        times("{\"a\":"),
        times("[{\"keys\":"),
        format!("{}{}", times("["), times("]")),
        format!("{}1{}", times("{\"a\":"), times("}")),
        format!("{}{}{}", "[".repeat(63), times("1,") + "1", "]".repeat(63)),
        format!("{}{}1{}{}", "{\"a\":".repeat(40), times("[").split_at(20).0, "]".repeat(20), "}".repeat(40)),
        format!("[{}1]", times("1,")),
        format!("[{}[]]", times("[],")),
        format!("{{{}}}", numbered("", ":1")),
        format!("{{{}}}", numbered("", ":{\"access_token\":\"a\"}")),
        format!("[{}]", numbered("", "")),
        format!("{{{}\"a\":1}}", times("\"a\":1,")),
        format!("\"{}\"", times("\\u00e9")),
        format!("\"{}\"", times("\\ud83d\\ude00")),
        format!("\"{}\"", times("\\\\\\\"")),
        format!("\"{}", times("\\")),
        times("9"),
        format!("-0.{}e{}", times("0"), "9".repeat(20)),
        format!("{}{{}}{}", times(" "), times("\n")),
        times("\u{feff}"),
        times("\""),
    ]
}

/// Each of [`json`], bare and as the value of a member.
pub(crate) fn json_with_member(name: &str) -> Vec<String> {
    json().into_iter().flat_map(|value| [format!("{{\"{name}\":{value}}}"), value]).collect()
}

/// DER that nests elements of one tag, `levels` deep.
pub(crate) fn nested_der(tag: u8, levels: usize) -> Vec<u8> {
    let mut der = vec![0x05, 0x00];
    for _ in 0..levels {
        let mut outer = Vec::with_capacity(der.len() + 4);
        crate::der::push_element(&mut outer, tag, &[&der]);
        der = outer;
    }
    der
}
