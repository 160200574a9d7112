//! No **cycles** among the modules of a crate: at every level, siblings import each other in one direction only.
//!
//! A module may use its ancestors and its descendants; that is one noun in several files. Two siblings that need each
//! other, directly or through others, form a cycle: neither can be read, tested or moved alone. Re-exports, by name or by
//! glob, are followed to the module that defines the name. Tests are excluded.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::tools::{self, Failure, Outcome};

mod imports;

use imports::Imports;

/// The path of a module from its crate's root, for example `["issuer", "reply"]`; empty for the root itself.
type Module = Vec<String>;

/// Reads every crate of the workspace.
///
/// # Errors
/// The cycles, each with the imports that close it.
pub(crate) fn check() -> Outcome {
    let mut found = Vec::new();
    for source in sources()? {
        let name = source.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let line = |cycle: Cycle| format!("{name}: {} ({})", cycle.modules.join(", "), cycle.why.join("; "));
        found.extend(cycles(&read(&source)?).into_iter().map(line));
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("modules import each other in a cycle:\n    {}", found.join("\n    ")))
        .help("move what both need into a module below them"))
}

/// Modules that import each other, and the imports among them.
#[derive(Debug, PartialEq, Eq)]
struct Cycle {
    modules: Vec<String>,
    why: Vec<String>,
}

/// The source folders of the workspace's crates.
fn sources() -> Outcome<Vec<PathBuf>> {
    let root = tools::root();
    let mut crates = vec![root.join("src-tauri"), root.join("xtask")];
    for entry in fs::read_dir(root.join("crates"))? {
        crates.push(entry?.path());
    }
    crates.sort();
    Ok(crates.into_iter().map(|folder| folder.join("src")).filter(|source| source.is_dir()).collect())
}

fn read(source: &Path) -> Outcome<BTreeMap<Module, Imports>> {
    let mut modules = BTreeMap::new();
    let mut folders = vec![source.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(module) = module_of(path.strip_prefix(source).unwrap_or(&path)) {
                modules.insert(module, imports::of(&fs::read_to_string(&path)?));
            }
        }
    }
    Ok(modules)
}

/// `None` for what isn't Rust, and for tests.
fn module_of(relative: &Path) -> Option<Module> {
    if relative.extension()? != "rs" {
        return None;
    }
    let mut module: Module =
        relative.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if module.iter().any(|part| part == "tests" || part == "testing") {
        return None;
    }
    if module.last().is_some_and(|name| name == "mod" || name == "lib" || name == "main") {
        module.pop();
    }
    Some(module)
}

fn cycles(modules: &BTreeMap<Module, Imports>) -> Vec<Cycle> {
    let arrows = arrows(modules);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in arrows.keys() {
        if seen.contains(start) {
            continue;
        }
        let mut cycle: BTreeSet<&Module> = reached(&arrows, start);
        if !cycle.contains(start) {
            continue;
        }
        cycle.retain(|member| reached(&arrows, member).contains(start));
        seen.extend(cycle.iter().copied());
        found.push(described(&cycle, &arrows));
    }
    found
}

fn described(cycle: &BTreeSet<&Module>, arrows: &BTreeMap<Module, BTreeMap<Module, String>>) -> Cycle {
    let inside = |from: &&Module| {
        let targets = arrows.get(*from).into_iter().flatten();
        targets.filter(|(to, _)| cycle.contains(to)).map(|(_, why)| why.clone()).collect::<Vec<_>>()
    };
    Cycle {
        modules: cycle.iter().map(|module| module.join("::")).collect(),
        why: cycle.iter().flat_map(inside).collect(),
    }
}

/// What can be reached from a module in one step or more.
fn reached<'a>(arrows: &'a BTreeMap<Module, BTreeMap<Module, String>>, start: &Module) -> BTreeSet<&'a Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = arrows.get(start).into_iter().flat_map(BTreeMap::keys).collect();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(arrows.get(module).into_iter().flat_map(BTreeMap::keys));
        }
    }
    reached
}

/// Sibling → sibling, with one import as evidence. An import between two branches of the tree counts where the branches
/// diverge.
fn arrows(modules: &BTreeMap<Module, Imports>) -> BTreeMap<Module, BTreeMap<Module, String>> {
    let mut arrows: BTreeMap<Module, BTreeMap<Module, String>> = BTreeMap::new();
    for (from, imports) in modules {
        for path in &imports.paths {
            let Some(to) = target(modules, from, path, 8) else { continue };
            let Some(at) = (0..from.len().min(to.len())).find(|at| from[*at] != to[*at]) else { continue };
            let why = format!("{} uses {}", from.join("::"), to.join("::"));
            arrows.entry(from[..=at].to_vec()).or_default().entry(to[..=at].to_vec()).or_insert(why);
        }
    }
    arrows
}

/// The module that defines the target of a path, as far as `use` lines say; at most `hops` re-exports are followed.
fn target(modules: &BTreeMap<Module, Imports>, from: &Module, path: &[String], hops: u8) -> Option<Module> {
    let absolute = absolute(modules, from, path)?;
    let depth = (0..=absolute.len()).rev().find(|depth| modules.contains_key(&absolute[..*depth]))?;
    let (module, rest) = (absolute[..depth].to_vec(), &absolute[depth..]);
    let exported = rest.first().and_then(|name| modules[&module].names.get(name));
    match exported.filter(|_| hops > 0) {
        Some(path) => {
            let path: Vec<String> = path.iter().chain(&rest[1..]).cloned().collect();
            target(modules, &module, &path, hops - 1).or(Some(module))
        }
        None => by_glob(modules, &module, rest, hops).or(Some(module)),
    }
}

/// The module that defines the first name of `rest`, if this one only re-exports it by a glob.
fn by_glob(modules: &BTreeMap<Module, Imports>, module: &Module, rest: &[String], hops: u8) -> Option<Module> {
    let name = rest.first().filter(|name| hops > 0 && !modules[module].defined.contains(*name))?;
    modules[module].globs.iter().find_map(|glob| {
        let source = target(modules, module, glob, hops - 1).filter(|source| source != module)?;
        let imports = &modules[&source];
        if imports.defined.contains(name) {
            return Some(source);
        }
        let path: Vec<String> = std::iter::once("self").map(str::to_owned).chain(rest.iter().cloned()).collect();
        target(modules, &source, &path, hops - 1).filter(|found| *found != source)
    })
}

/// The path from the crate's root; `None` for another crate's.
fn absolute(modules: &BTreeMap<Module, Imports>, from: &Module, path: &[String]) -> Option<Vec<String>> {
    let mut base = from.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            rest = &path[1..];
        }
        "self" => rest = &path[1..],
        "super" => {
            while rest.first().is_some_and(|part| part == "super") {
                base.pop()?;
                rest = &rest[1..];
            }
        }
        child => {
            let is_module = |mut module: Module| {
                module.push(child.to_owned());
                modules.contains_key(&module)
            };
            if !is_module(from.clone()) {
                return None;
            }
        }
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn house(files: &[(&str, &str)]) -> BTreeMap<Module, Imports> {
        let module = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        files.iter().map(|(name, text)| (module(name), imports::of(text))).collect()
    }

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let cycles = cycles(&house(files)).into_iter();
        cycles.map(|cycle| format!("{} ({})", cycle.modules.join(", "), cycle.why.join("; "))).collect()
    }

    #[test]
    fn this_workspace_has_no_cycle() {
        if let Err(failure) = check() {
            panic!("{failure}");
        }
    }

    #[test]
    fn siblings_that_need_each_other_are_a_cycle() {
        let two = [("a", "use crate::b::B;"), ("b", "fn f() { crate::a::g() }")];
        assert_eq!(found(&two), ["a, b (a uses b; b uses a)"]);
        let long = [("a", "use super::b;"), ("b", "use crate::c::C;"), ("c", "use crate::{a, d};"), ("d", "")];
        assert_eq!(found(&long), ["a, b, c (a uses b; b uses c; c uses a)"]);
    }

    #[test]
    fn one_direction_ancestors_and_descendants_are_none() {
        for files in [
            &[("a", "use crate::b::B;"), ("b", "")][..],
            &[("a", "mod x; use x::X;"), ("a::x", "use super::A;")],
            &[("a", "// use crate::b;"), ("b", "use crate::a::A;")],
            &[("a", "#[cfg(test)] mod tests { use crate::b; }"), ("b", "use crate::a::A;")],
            &[("a", "use other::b::B;"), ("b", "use crate::a::A;")],
        ] {
            assert_eq!(found(files), [""; 0], "{files:?}");
        }
    }

    #[test]
    fn branches_of_the_tree_meet_where_they_part() {
        let files = [("a::x", "use crate::b::y::Y;"), ("b::y", ""), ("b::z", "use crate::a::x;"), ("a", ""), ("b", "")];
        assert_eq!(found(&files), ["a, b (a::x uses b::y; b::z uses a::x)"]);
    }

    #[test]
    fn a_name_that_the_parent_hands_on_belongs_to_the_sibling() {
        let files = [("p", "mod a; mod b; pub use b::B;"), ("p::a", "use super::B;"), ("p::b", "use super::a::A;")];
        assert_eq!(found(&files), ["p::a, p::b (p::a uses p::b; p::b uses p::a)"]);
    }

    #[test]
    fn a_name_that_the_parent_hands_on_by_a_glob_belongs_to_who_defines_it() {
        let both = ["p::a, p::b (p::a uses p::b; p::b uses p::a)"];
        let (a, b) = (("p::a", "use super::B;"), ("p::b", "use super::a::A; pub struct B;"));
        assert_eq!(found(&[("p", "mod a; mod b; pub use b::*;"), a, b]), both);
        assert_eq!(found(&[("p", "mod a; mod b; pub use c::*; mod c;"), ("p::c", "pub use super::b::*;"), a, b]), both);
        // It defines the name itself, or the glob's module doesn't.
        assert_eq!(found(&[("p", "mod a; mod b; pub use b::*; pub struct B;"), a, b]), [""; 0]);
        assert_eq!(found(&[("p", "pub use b::*;"), a, ("p::b", "use super::a::A;")]), [""; 0]);
    }
}
