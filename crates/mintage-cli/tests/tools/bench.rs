//! A **bench** for one test: a home, a folder of program names that lead to `mintage`, and its source of tokens.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    /// Prepares a source that gives these tokens for these hosts, one after the other is refused.
    pub(crate) fn new(hosts: &[&str], tokens: &[&str]) -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        for folder in ["bin", "home", "source"] {
            fs::create_dir(bench.path(folder)).unwrap();
        }
        fs::write(bench.path("source/hosts"), hosts.join("\n")).unwrap();
        fs::write(bench.path("source/tokens"), tokens.join("\n")).unwrap();
        bench.link("mintage");
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Adds a name under which a tool looks for its helper.
    pub(crate) fn link(&self, name: &str) {
        symlink(program(), self.path("bin").join(name)).unwrap();
    }

    /// What the source was asked, line by line.
    pub(crate) fn requests(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path("source/requests")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A command whose home and `PATH` are the bench's. Nothing else is inherited: a variable that names somebody's
    /// real configuration would let a test change it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var("PATH").unwrap();
        command
            .env_clear()
            .env("PATH", format!("{}:{path}", self.path("bin").display()))
            .env("HOME", self.path("home"))
            .env("XDG_RUNTIME_DIR", self.path("home"))
            .env("MINTAGE_TEST_SOURCE", self.path("source"))
            .envs(["RUSTUP_HOME", "PYENV_ROOT"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .current_dir(self.path("home"))
            .stdin(Stdio::null());
        command
    }

    /// Runs a command; `None` if the tool isn't installed.
    pub(crate) fn run(&self, program: &str, args: &[&str]) -> Option<Ran> {
        run(program, self.command(program).args(args))
    }
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: Option<i32>,
}

pub(crate) fn run(name: &str, command: &mut Command) -> Option<Ran> {
    match command.output() {
        Ok(Output { status, stdout, stderr }) => Some(Ran {
            out: String::from_utf8_lossy(&stdout).into_owned(),
            err: String::from_utf8_lossy(&stderr).into_owned(),
            code: status.code(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            skipped(name);
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

pub(crate) fn skipped(name: &str) {
    mintage_testbed::skip::skip(&format!("{name} isn't installed"));
}

/// The product's roads with a source of tokens for tests: `examples/mintage_with_tokens.rs`. `cargo test -p mintage-cli`
/// builds it; with a filter such as `--test tools` it has to be built by `cargo build -p mintage-cli --examples`.
pub(crate) fn program() -> PathBuf {
    let product = Path::new(env!("CARGO_BIN_EXE_mintage"));
    let program = product.with_file_name("examples").join("mintage_with_tokens");
    assert!(program.is_file(), "cargo build -p mintage-cli --examples builds {}", program.display());
    program
}
