include!("src/command_names.rs");

/// What Windows must know of each program before it loads its libraries.
const MANIFEST: &str = "mintage.exe.manifest";

fn main() {
    println!("cargo:rerun-if-changed=src/command_names.rs");
    let manifest = tauri_build::AppManifest::new().commands(COMMAND_NAMES);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest).windows_attributes(windows());
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("the app's manifest is invalid: {error:#}");
    }
}

/// Has the linker embed the manifest: tauri's own way embeds it into the app, but not into test programs, which then
/// can't be loaded (tauri-apps/tauri#13419).
fn windows() -> tauri_build::WindowsAttributes {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    println!("cargo:rerun-if-changed={MANIFEST}");
    if !is("CARGO_CFG_TARGET_OS", "windows") || !is("CARGO_CFG_TARGET_ENV", "msvc") {
        let manifest = std::fs::read_to_string(MANIFEST).expect("the manifest is beside this script");
        return tauri_build::WindowsAttributes::new().app_manifest(manifest);
    }
    let folder = std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    println!("cargo:rustc-link-arg=/MANIFEST:EMBED");
    println!("cargo:rustc-link-arg=/MANIFESTINPUT:{folder}/{MANIFEST}");
    tauri_build::WindowsAttributes::new_without_app_manifest()
}
