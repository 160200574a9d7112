//! What a change looks like before it's made: only the changed lines, without secrets.

use std::path::Path;

use similar::TextDiff;

/// Compares two texts of a file. A tool that writes its file anew may move lines of others, so values that look like
/// secrets are left out.
pub(super) fn diff(path: &Path, before: Option<&str>, after: &str) -> String {
    let old = if before.is_some() { path.display().to_string() } else { "/dev/null".to_owned() };
    let hidden = (hide(before.unwrap_or_default()), hide(after));
    let diff = TextDiff::from_lines(&hidden.0, &hidden.1);
    diff.unified_diff().context_radius(0).header(&old, &path.display().to_string()).to_string()
}

fn hide(text: &str) -> String {
    text.split_inclusive('\n').map(hide_line).collect()
}

fn hide_line(line: &str) -> String {
    const NAMES: [&str; 8] =
        ["token", "password", "secret", "client-key-data", "\"auth\"", "_auth", "authtoken", "refresh"];
    // A helper's path isn't a secret, and it's what these lines are about.
    if line.contains("mintage") {
        return line.to_owned();
    }
    let Some((name, _)) = line.split_once([':', '=']) else { return line.to_owned() };
    if !NAMES.iter().any(|word| name.to_lowercase().contains(word)) {
        return line.to_owned();
    }
    format!("{name}{} (hidden)\n", &line[name.len()..=name.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_lines_are_shown_and_no_secret_among_them() {
        let before = "a: 1\ntoken: canary\nb: 2\n";
        let after = "b: 2\na: 1\nclient-key-data: canary2\ncommand: mintage\n";
        let text = diff(Path::new("/f"), Some(before), after);
        assert!(text.starts_with("--- /f\n+++ /f\n@@") && text.contains("+command: mintage\n"), "{text}");
        assert!(text.contains("-token: (hidden)") && !text.contains("canary"), "{text}");
        assert!(diff(Path::new("/f"), None, "x\n").starts_with("--- /dev/null\n+++ /f\n"));
        assert_eq!(diff(Path::new("/f"), Some("x\n"), "x\n"), "");
    }
}
