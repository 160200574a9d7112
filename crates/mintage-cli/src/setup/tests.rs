use std::fs;

use super::*;

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn plan(&self, tool: &str, host: Option<&str>, undo: bool) -> Result<Change, Failure> {
        let machine =
            Machine { home: self.0.path().to_owned(), program: self.path("bin/mintage"), variable: &|_| None };
        let options =
            Options { user: "ci-bot".into(), environment: Some("staging".into()), host: host.map(str::to_owned), undo };
        plan(tool, &options, &machine)
    }

    /// Shows the change, makes it, sees that nothing is left to change, and takes it back.
    fn there_and_back(&self, tool: &str, host: Option<&str>) -> String {
        let files = || self.files();
        let before = files();
        let backups = |name: &str| name.ends_with(".before-mintage");
        let change = self.plan(tool, host, false).unwrap();
        let shown = change.preview().unwrap();
        assert_eq!(files(), before, "{tool}: a preview changes nothing");
        change.apply().unwrap();
        assert_ne!(files(), before, "{tool}");
        let again = self.plan(tool, host, false).unwrap();
        assert!(!again.preview().unwrap().contains("@@"), "{tool}: {}", again.preview().unwrap());
        let undo = self.plan(tool, host, true).unwrap();
        undo.preview().unwrap();
        undo.apply().unwrap();
        let kept = |all: Vec<(String, String)>| all.into_iter().filter(|(name, _)| !backups(name)).collect::<Vec<_>>();
        assert_eq!(kept(files()), kept(before), "{tool}");
        shown.replace(&self.0.path().display().to_string(), "~")
    }

    fn files(&self) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_symlink() {
                    found.push((path.display().to_string(), format!("-> {}", fs::read_link(&path).unwrap().display())));
                } else if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
                }
            }
        }
        found.sort();
        found
    }
}

#[test]
fn git_is_configured_by_git() {
    let home = Home::new();
    fs::write(home.path(".gitconfig"), "[user]\n\tname = Bob\n").unwrap();
    assert_eq!(
        home.there_and_back("git", Some("https://git.example:8443/team")),
        "--- ~/.gitconfig\n+++ ~/.gitconfig\n@@ -2,0 +3,3 @@\n+[credential \"https://git.example:8443\"]\n+\thelper = \n+\thelper = !mintage helper git ci-bot -e staging\n"
    );
}

#[test]
fn another_helper_for_the_same_host_is_left_alone() {
    let home = Home::new();
    fs::write(home.path(".gitconfig"), "[credential \"https://git.example\"]\n\thelper = store\n").unwrap();
    let refused = home.plan("git", Some("git.example"), false).unwrap_err();
    assert!(refused.message.contains("already names another helper"));
    assert_eq!(home.plan("git", Some("git.example"), true).unwrap(), Change::default());
    // Somebody added ours beside theirs by hand.
    let ours = "\thelper = !mintage helper git ci-bot -e staging\n";
    let theirs = fs::read_to_string(home.path(".gitconfig")).unwrap();
    fs::write(home.path(".gitconfig"), format!("{theirs}{ours}")).unwrap();
    home.plan("git", Some("git.example"), true).unwrap().apply().unwrap();
    assert_eq!(fs::read_to_string(home.path(".gitconfig")).unwrap(), theirs);
    assert_eq!(home.plan("git", None, false).unwrap_err().exit, Exit::Usage);
}

#[test]
fn kubectl_is_configured_by_kubectl() {
    let home = Home::new();
    fs::create_dir(home.path(".kube")).unwrap();
    let config = "apiVersion: v1\nclusters:\n- cluster:\n    server: https://k8s.example:6443\n  name: prod\ncontexts: null\ncurrent-context: \"\"\nkind: Config\npreferences: {}\nusers:\n- name: bob\n  user:\n    token: canary\n";
    fs::write(home.path(".kube/config"), config).unwrap();
    let shown = home.there_and_back("kubectl", Some("prod"));
    for line in [
        "+- name: mintage-staging-ci-bot\n",
        "+      apiVersion: client.authentication.k8s.io/v1\n",
        "+      command: mintage\n",
        "+      interactiveMode: IfAvailable\n",
        "+      provideClusterInfo: true\n",
        "+    cluster: prod\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
    assert!(!shown.contains("canary"));
    assert_eq!(home.plan("kubectl", Some("prod"), false).unwrap().host.as_deref(), Some("k8s.example:6443"));
    let unknown = home.plan("kubectl", Some("prd"), false).unwrap_err();
    assert_eq!((unknown.code.as_str(), unknown.exit), ("cluster-not-found", Exit::NoSuchName));
}

#[test]
fn files_without_a_command_of_their_own_are_edited_and_restored() {
    let home = Home::new();
    fs::create_dir_all(home.path("bin")).unwrap();
    fs::write(home.path(".terraformrc"), "plugin_cache_dir = \"/x\"\n").unwrap();
    fs::write(home.path(".bazelrc"), "build --jobs=2\n").unwrap();
    fs::write(home.path(".npmrc"), "registry=https://npm.example/\n").unwrap();
    fs::create_dir_all(home.path(".cargo")).unwrap();
    let registry = "[registries.corp]\nindex = \"sparse+https://cargo.example/\"\n";
    fs::write(home.path(".cargo/config.toml"), registry).unwrap();
    assert_eq!(
        home.there_and_back("terraform", None),
        "--- ~/.terraformrc\n+++ ~/.terraformrc\n@@ -1,0 +2,5 @@\n+# mintage: credentials helper\n+credentials_helper \"mintage\" {\n+  args = [\"ci-bot\", \"-e\", \"staging\"]\n+}\n+# mintage: end of credentials helper\n+link ~/.terraform.d/plugins/terraform-credentials-mintage -> ~/bin/mintage\n# Terraform gets tokens for hosts of the environment only; `--host app.terraform.io` adds one.\n"
    );
    assert!(
        home.there_and_back("bazel", Some("cache.example"))
            .contains("+common --credential_helper=cache.example=~/.local/bin/mintage-bazel-ci-bot@staging\n")
    );
    assert!(
        home.there_and_back("pnpm", Some("https://npm.example"))
            .contains("+//npm.example/:tokenHelper=~/.local/bin/mintage-pnpm-ci-bot@staging\n")
    );
    assert!(
        home.there_and_back("cargo", Some("corp"))
            .contains("+credential-provider = [\"mintage\", \"ci-bot\", \"-e\", \"staging\"]\n")
    );
    assert!(home.there_and_back("keyring", None).starts_with("+link ~/.local/bin/keyring -> ~/bin/mintage\n"));
}

#[test]
fn cargo_s_registry_says_where_its_tokens_go() {
    let home = Home::new();
    fs::create_dir_all(home.path(".cargo")).unwrap();
    let config = home.path(".cargo/config.toml");
    let check = |text: &str, shown: &str, host: Option<&str>| {
        fs::write(&config, text).unwrap();
        let change = home.plan("cargo", Some("corp"), false).unwrap();
        assert_eq!(change.host.as_deref(), host, "{text}");
        let found = change.preview().unwrap();
        assert!(found.contains(shown), "{text}{found}");
    };
    let line = "+credential-provider = [\"mintage\", \"ci-bot\", \"-e\", \"staging\"]\n";
    let index = "index = \"sparse+https://cargo.corp.example:8443/index/\"\n";
    let known = format!("[registries.corp]\n{index}[net]\noffline = true\n");
    check(&known, line, Some("cargo.corp.example:8443"));
    home.there_and_back("cargo", Some("corp"));
    let inline = format!("[registries]\ncorp = {{ {} }}\n", index.trim_end());
    check(&inline, "in a form of its own. Add this line to it:\ncredential-provider", Some("cargo.corp.example:8443"));
    fs::write(&config, "").unwrap();
    assert_eq!(home.plan("cargo", Some("corp"), false).unwrap_err().exit, Exit::NoSuchName);

    fs::write(&config, format!("[registries.corp]\n{index}credential-provider = \"cargo:token\"\n")).unwrap();
    let taken = home.plan("cargo", Some("corp"), false).unwrap_err();
    assert!(taken.message.contains("already names a credential provider"), "{taken:?}");
    fs::write(&config, "not toml").unwrap();
    assert!(home.plan("cargo", Some("corp"), false).unwrap_err().message.ends_with("isn't valid TOML"));
}

#[test]
fn docker_keeps_a_backup() {
    let home = Home::new();
    fs::create_dir_all(home.path(".docker")).unwrap();
    fs::write(home.path(".docker/config.json"), "{\n\t\"auths\": {}\n}\n").unwrap();
    let change = home.plan("docker", Some("registry.example:5000"), false).unwrap();
    let shown = change.preview().unwrap();
    assert!(shown.contains("+\t\t\"registry.example:5000\": \"mintage-ci-bot@staging\"\n"), "{shown}");
    change.apply().unwrap();
    let link = home.path(".local/bin/docker-credential-mintage-ci-bot@staging");
    assert!(link.is_symlink());
    home.plan("docker", Some("other.example"), false).unwrap().apply().unwrap();
    let undo = home.plan("docker", Some("other.example"), true).unwrap();
    assert!(undo.note.contains("`mintage env hosts ci-bot -e staging --remove other.example`"), "{}", undo.note);
    undo.apply().unwrap();
    assert!(link.is_symlink(), "the other registry needs it");
    assert_eq!(fs::read_to_string(home.path(".docker/config.json.before-mintage")).unwrap(), "{\n\t\"auths\": {}\n}\n");
    home.plan("docker", Some("registry.example:5000"), true).unwrap().apply().unwrap();
    assert_eq!(fs::read_to_string(home.path(".docker/config.json")).unwrap(), "{\n\t\"auths\": {}\n}\n");
    assert!(!link.is_symlink());
}

#[test]
fn a_link_stays_as_long_as_a_line_needs_it() {
    let home = Home::new();
    for (tool, one, other) in [("bazel", "a.example", "b.example"), ("pnpm", "https://a.example", "https://b.example")]
    {
        for host in [one, other] {
            home.plan(tool, Some(host), false).unwrap().apply().unwrap();
        }
        let link = home.path(&format!(".local/bin/mintage-{tool}-ci-bot@staging"));
        for (host, stays) in [(one, true), (other, false)] {
            home.plan(tool, Some(host), true).unwrap().apply().unwrap();
            assert_eq!(link.is_symlink(), stays, "{tool} {host}");
        }
    }
}

#[test]
fn a_link_of_somebody_else_is_neither_replaced_nor_removed() {
    let home = Home::new();
    let link = home.path(".local/bin/keyring");
    fs::create_dir_all(link.parent().unwrap()).unwrap();
    for program in ["bin/keyring", "bin/gone"] {
        fs::create_dir_all(home.path("bin")).unwrap();
        fs::write(home.path("bin/keyring"), "").unwrap();
        std::os::unix::fs::symlink(home.path(program), &link).unwrap();
        let before = home.files();
        assert_eq!(home.plan("keyring", None, false).unwrap().preview().unwrap_err().code, "path-taken");
        let undo = home.plan("keyring", None, true).unwrap();
        assert_eq!(undo.links[0].preview().unwrap(), "");
        undo.apply().unwrap();
        assert_eq!(home.files(), before);
        fs::remove_file(&link).unwrap();
    }
    // One that an earlier installation left behind is replaced.
    std::os::unix::fs::symlink(home.path("gone/mintage"), &link).unwrap();
    let change = home.plan("keyring", None, false).unwrap();
    assert!(change.preview().unwrap().starts_with("+link "));
    change.apply().unwrap();
    assert_eq!(fs::read_link(&link).unwrap(), home.path("bin/mintage"));
}

#[test]
fn what_belongs_to_a_project_is_shown_as_lines_to_copy() {
    let home = Home::new();
    for (tool, line) in [
        ("google", "--executable-command='mintage helper google ci-bot -e staging'"),
        ("headers", "\"headersHelper\": \"mintage helper headers ci-bot -e staging\""),
    ] {
        let change = home.plan(tool, None, false).unwrap();
        assert!(change.preview().unwrap().contains(line), "{tool}");
        assert_eq!((change.edit, change.links.len()), (None, 0));
    }
}

#[test]
fn a_tool_that_refuses_is_quoted() {
    let home = Home::new();
    let words = ["git", "config", "--file", Edit::FILE, "no-dot", "x"];
    let broken = Change {
        edit: Some((home.path("x"), Edit::Commands(vec![words.map(str::to_owned).to_vec()]))),
        ..Change::default()
    };
    let failure = broken.preview().unwrap_err();
    assert_eq!((failure.code.as_str(), failure.causes.len()), ("configuration", 1));
}
