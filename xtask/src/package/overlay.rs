//! What the bundler is told besides `tauri.conf.json`: where the files lie that only exist now.

use std::path::{Path, PathBuf};

use super::glibc;
use super::stage::{COMMANDS, Stage};
use crate::tools::{self, Outcome};

/// The configuration to be merged with `tauri.conf.json`.
pub(super) fn json(stage: &Stage) -> Outcome<String> {
    if cfg!(target_os = "linux") { linux(stage) } else { Ok(others(stage)) }
}

/// Each package has the same files, at the places of its distributions, and names the C library that the programs were
/// linked with.
fn linux(stage: &Stage) -> Outcome<String> {
    let root = tools::root();
    let mut common = vec![
        ("/usr/bin/mintage".to_owned(), stage.command(COMMANDS[0])),
        ("/usr/libexec/mintage/mintage-full".to_owned(), stage.command(COMMANDS[1])),
        ("/usr/share/bash-completion/completions/mintage".to_owned(), stage.completions("bash")),
        ("/usr/share/fish/vendor_completions.d/mintage.fish".to_owned(), stage.completions("fish")),
        (
            "/usr/share/metainfo/dev.mintage.Mintage.metainfo.xml".to_owned(),
            root.join("packaging/linux/dev.mintage.Mintage.metainfo.xml"),
        ),
    ];
    for page in stage.manual_pages()? {
        let name = page.file_name().unwrap_or_default().to_string_lossy().into_owned();
        common.push((format!("/usr/share/man/man1/{name}"), page));
    }
    let debian = [
        ("/usr/share/zsh/vendor-completions/_mintage".to_owned(), stage.completions("zsh")),
        ("/usr/share/doc/mintage/copyright".to_owned(), root.join("packaging/linux/copyright")),
        // The bundler's own setting for it takes the product's name for the package's.
        ("/usr/share/doc/mintage/changelog.gz".to_owned(), stage.changelog()),
    ];
    let fedora = [
        ("/usr/share/zsh/site-functions/_mintage".to_owned(), stage.completions("zsh")),
        ("/usr/share/licenses/mintage/LICENSE-MIT".to_owned(), root.join("LICENSE-MIT")),
        ("/usr/share/licenses/mintage/LICENSE-APACHE".to_owned(), root.join("LICENSE-APACHE")),
    ];
    let files =
        |own: &[(String, PathBuf)]| object(common.iter().chain(own).map(|(to, from)| (to.as_str(), quoted_path(from))));
    let (debian, fedora) = (files(&debian), files(&fedora));
    let programs = [stage.app(), stage.command(COMMANDS[0]), stage.command(COMMANDS[1])];
    let glibc = glibc::needed(&programs)?;
    let of_debian = list(["ca-certificates".to_owned(), format!("libc6 (>= {glibc})")]);
    let of_fedora = list(["ca-certificates".to_owned(), format!("libc.so.6(GLIBC_{glibc})(64bit)")]);
    Ok(format!(
        r#"{{"bundle":{{"linux":{{"deb":{{"depends":{of_debian},"files":{debian}}},"rpm":{{"depends":{of_fedora},"files":{fedora}}},"appimage":{{"files":{debian}}}}}}}}}"#
    ))
}

/// Beside the app's program, from where it is also signed.
fn others(stage: &Stage) -> String {
    let programs = list(COMMANDS.map(|command| stage.folder().join("bin").join(command).display().to_string()));
    // The certificate is in the machine's store by then; without one the package is made unsigned.
    let signing = match std::env::var("MINTAGE_WINDOWS_CERTIFICATE").ok().filter(|print| !print.is_empty()) {
        Some(thumbprint) => format!(
            r#","windows":{{"certificateThumbprint":{},"digestAlgorithm":"sha256","timestampUrl":"http://timestamp.digicert.com"}}"#,
            quoted(&thumbprint)
        ),
        None => String::new(),
    };
    format!(r#"{{"bundle":{{"externalBin":{programs}{signing}}}}}"#)
}

fn object<'a>(members: impl Iterator<Item = (&'a str, String)>) -> String {
    let members: Vec<String> = members.map(|(name, value)| format!("{}:{value}", quoted(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| quoted(&item)).collect();
    format!("[{}]", items.join(","))
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.display().to_string())
}

/// A JSON string. Paths have no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_every_system_are_json() {
        assert_eq!(quoted_path(Path::new(r"C:\a b\mintage.exe")), r#""C:\\a b\\mintage.exe""#);
        assert_eq!(list(["a".into(), "b\"c".into()]), r#"["a","b\"c"]"#);
        assert_eq!(object([("/usr/bin/x", quoted("y"))].into_iter()), r#"{"/usr/bin/x":"y"}"#);
    }
}
