//! The **library** that draws the tray on Linux: is it installed?
//!
//! Rule: only looks for files. Loading it is left to the code that uses it, since that can't be done safely here.

/// The names that the tray's loader tries.
#[cfg(target_os = "linux")]
const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];

/// Other systems include trays.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_there() -> bool {
    true
}

/// Whether the dynamic linker would find it: in `LD_LIBRARY_PATH`, in its cache, in its own folders (ld.so(8)).
#[cfg(target_os = "linux")]
pub(super) fn is_there() -> bool {
    let cache = std::fs::read("/etc/ld.so.cache").unwrap_or_default();
    let listed = std::env::var_os("LD_LIBRARY_PATH").unwrap_or_default();
    let own = ["/lib", "/usr/lib", "/lib64", "/usr/lib64"].map(std::path::PathBuf::from);
    let folders: Vec<_> = std::env::split_paths(&listed).chain(own).collect();
    NAMES.iter().any(|name| names(&cache, name) || folders.iter().any(|folder| folder.join(name).is_file()))
}

/// Whether the linker's cache contains a file. Its names are NUL-terminated strings; a name follows a folder or the end
/// of another string.
#[cfg(target_os = "linux")]
fn names(cache: &[u8], name: &str) -> bool {
    let wanted = [name.as_bytes(), b"\0"].concat();
    cache.windows(wanted.len()).enumerate().any(|(at, found)| {
        let begins = at == 0 || matches!(cache[at - 1], 0 | b'/');
        begins && found == wanted
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_linkers_cache_is_read_by_whole_names() {
        let check = |cache: &[u8], expected: bool| assert_eq!(names(cache, "liba.so.1"), expected, "{cache:?}");
        check(b"header\0liba.so.1\0/usr/lib/liba.so.1\0", true);
        check(b"/usr/lib/liba.so.1\0", true);
        check(b"liba.so.1\0", true);
        check(b"libba.so.1\0", false);
        check(b"xliba.so.1\0", false);
        check(b"\0liba.so.12\0", false);
        check(b"\0liba.so.1", false);
        check(b"", false);
    }
}
