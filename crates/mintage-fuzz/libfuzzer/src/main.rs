//! libFuzzer over one target, named by the environment variable `MINTAGE_FUZZ`.
#![no_main]

use std::sync::LazyLock;

use mintage_fuzz::Target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("MINTAGE_FUZZ").unwrap_or_default();
    mintage_fuzz::target(&name).unwrap_or_else(|| panic!("`MINTAGE_FUZZ` names no target: `{name}`"))
});

libfuzzer_sys::fuzz_target!(|input: &[u8]| (TARGET.run)(input));
