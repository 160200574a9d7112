fn main() {
    // Without its feature nothing here is compiled, so there is nothing to generate.
    if std::env::var_os("CARGO_FEATURE_MEASURE").is_some() {
        tauri_build::build();
    }
}
