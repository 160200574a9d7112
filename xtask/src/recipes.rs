//! The packages' metadata, the package managers' recipes and the workflows: each is read by the program that will read
//! it, or at least by a reader of its language.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::list::List;
use crate::packages;
use crate::tools::{self, Failure, Outcome};

/// Reads each file named on the command line in its own language.
const READ: &str = "require 'yaml'; require 'json'; require 'rexml/document'
ARGV.each do |file|
  text = File.read(file)
  case File.extname(file)
  when '.yaml', '.yml' then YAML.safe_load(text, filename: file)
  when '.json' then JSON.parse(text)
  when '.xml', '.wxs' then REXML::Document.new(text)
  when '.rb' then RubyVM::InstructionSequence.compile(text, file)
  end
rescue StandardError, SyntaxError => problem
  abort \"#{file}: #{problem.message}\"
end";

/// Checks them where the programs are; a build machine installs them first.
pub(crate) fn check(list: &mut List) {
    const RECIPES: &str = "packages' metadata and recipes";
    const WORKFLOWS: &str = "workflows";
    if packages::are_installed(packages::RECIPES) || tools::in_ci() {
        list.add(RECIPES, packages::ensure(&[packages::RECIPES]).and_then(|()| recipes()));
    } else {
        list.not_run(RECIPES, "desktop-file-utils, appstream, ruby or shellcheck isn't installed");
    }
    match actionlint() {
        Some(program) => list.add(WORKFLOWS, tools::run(Command::new(program).current_dir(tools::root()))),
        None => list.not_run(WORKFLOWS, "actionlint isn't installed, nor Go to build it"),
    }
}

fn recipes() -> Outcome {
    let packaging = tools::root().join("packaging");
    let mut files = Vec::new();
    collect(&packaging, &mut files)?;
    collect(&tools::root().join(".github"), &mut files)?;
    tools::capture(Command::new("ruby").args(["-e", READ]).args(&files))?;
    let entry = tools::scratch()?.join("Mintage.desktop");
    fs::write(&entry, rendered(&fs::read_to_string(packaging.join("linux/Mintage.desktop.hbs"))?))?;
    tools::run(Command::new("desktop-file-validate").arg(entry))?;
    let mut appstream = Command::new("appstreamcli");
    appstream.args(["validate", "--no-net"]);
    tools::run(appstream.arg(packaging.join("linux/dev.mintage.Mintage.metainfo.xml")))
}

/// The desktop entry as the bundler writes it.
fn rendered(template: &str) -> String {
    [
        ("{{name}}", "Mintage"),
        ("{{comment}}", "From service-user key file to access token"),
        ("{{exec}}", "mintage-desktop"),
        ("{{icon}}", "mintage-desktop"),
        ("{{categories}}", "Development;"),
    ]
    .iter()
    .fold(template.to_owned(), |entry, (name, value)| entry.replace(name, value))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// The linter of GitHub's workflows: the installed one, or on a build machine with Go one that is built from its module.
fn actionlint() -> Option<PathBuf> {
    if tools::on_path("actionlint") {
        return Some("actionlint".into());
    }
    let folder = tools::scratch().ok()?.join("go");
    let program = folder.join("actionlint");
    if !program.is_file() && tools::in_ci() && tools::on_path("go") {
        let mut go = Command::new("go");
        go.args(["install", "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"]).env("GOBIN", &folder);
        // What can't be fetched is not run, and the list says so.
        let _: Result<(), Failure> = tools::run(&mut go);
    }
    program.is_file().then_some(program)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The files that name a version, with what is before and after it.
    const VERSIONS: &[(&str, &str, &str)] = &[
        ("linux/changelog", "mintage (", ")"),
        ("linux/dev.mintage.Mintage.metainfo.xml", "<release version=\"", "\""),
        ("macos/mintage.rb", "version \"", "\""),
        ("flatpak/dev.mintage.Mintage.yaml", "/Mintage_", "_"),
        ("windows/winget/MintageContributors.Mintage.yaml", "PackageVersion: ", "\n"),
        ("windows/winget/MintageContributors.Mintage.locale.en-GB.yaml", "PackageVersion: ", "\n"),
        ("windows/winget/MintageContributors.Mintage.installer.yaml", "PackageVersion: ", "\n"),
        ("windows/winget/MintageContributors.Mintage.installer.yaml", "/Mintage_", "_"),
    ];

    #[test]
    fn recipes_name_the_version_that_is_built() {
        for (file, before, after) in VERSIONS {
            let text = fs::read_to_string(tools::root().join("packaging").join(file)).expect(file);
            let named =
                text.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map(|(version, _)| version);
            assert_eq!(named, Some(env!("CARGO_PKG_VERSION")), "{file}");
        }
    }

    #[test]
    fn a_desktop_entry_has_nothing_left_to_fill_in() {
        let template =
            fs::read_to_string(tools::root().join("packaging/linux/Mintage.desktop.hbs")).expect("it is there");
        let entry = rendered(&template);
        assert!(!entry.contains("{{"), "{entry}");
        assert!(entry.contains("\nExec=mintage-desktop %F\n"), "{entry}");
    }
}
