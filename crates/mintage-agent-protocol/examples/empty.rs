//! The least that a program can do: the baseline of `cargo xtask bench cli`, built as the small `mintage` is.

fn main() {}
