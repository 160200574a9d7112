//! What Linux says about processes in the files under `/proc`.

use std::fs;
use std::io::Read;
use std::path::PathBuf;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use nix::unistd::{SysconfVar, sysconf};
use time::OffsetDateTime;

use super::MAX_ANCESTORS;
use crate::process::{Process, ProcessId};

/// The files under `/proc`.
#[derive(Debug)]
pub(super) struct ProcFiles {
    root: PathBuf,
    /// When the computer was started, and the number of ticks per second.
    ticks: Option<(OffsetDateTime, u64)>,
}

/// What `/proc/<pid>/stat` says, proc_pid_stat(5).
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stat {
    name: String,
    parent: u32,
    session: u32,
    terminal: Option<u64>,
    start: u64,
}

impl ProcFiles {
    pub(super) fn of_system() -> Self {
        Self { root: "/proc".into(), ticks: boot_time().zip(ticks_per_second()) }
    }

    /// The process and its ancestors, nearest first, up to the first one that changed while they were read.
    pub(super) fn chain(&self, pid: u32) -> Vec<Process> {
        self.unchanged(self.read(pid))
    }

    fn read(&self, pid: u32) -> Vec<(Stat, Process)> {
        let mut read: Vec<(Stat, Process)> = Vec::new();
        let mut next = pid;
        while next != 0 && read.len() <= MAX_ANCESTORS {
            let Some(stat) = self.stat(next) else { break };
            // A parent is older than its child; a younger one has reused the number of a parent that ended.
            if read.last().is_some_and(|(child, _)| stat.start > child.start) {
                break;
            }
            let parent = stat.parent;
            let process = self.process(next, &stat);
            read.push((stat, process));
            next = parent;
        }
        read
    }

    fn unchanged(&self, read: Vec<(Stat, Process)>) -> Vec<Process> {
        let is_same = |(stat, process): &(Stat, Process)| self.stat(process.id.pid).as_ref() == Some(stat);
        read.into_iter().take_while(is_same).map(|(_, process)| process).collect()
    }

    pub(super) fn start(&self, pid: u32) -> Option<u64> {
        self.stat(pid).map(|stat| stat.start)
    }

    /// The user that a process acts as.
    pub(super) fn user(&self, pid: u32) -> Option<u32> {
        let status = fs::read_to_string(self.file(pid, "status")).ok()?;
        // proc_pid_status(5): the real, the effective, the saved and the file system's.
        status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_ascii_whitespace().nth(1)?.parse().ok()
    }

    fn stat(&self, pid: u32) -> Option<Stat> {
        // One read of more than the 22 fields that count: these files have no size to go by, and are read for every token.
        let mut bytes = [0; 1024];
        let length = fs::File::open(self.file(pid, "stat")).ok()?.read(&mut bytes).ok()?;
        parse(&String::from_utf8_lossy(&bytes[..length]))
    }

    fn process(&self, pid: u32, stat: &Stat) -> Process {
        Process {
            id: ProcessId { pid, start: stat.start },
            name: stat.name.clone(),
            program: fs::read_link(self.file(pid, "exe")).ok(),
            folder: fs::read_link(self.file(pid, "cwd")).ok(),
            started_at: self.ticks.map(|(booted, per_second)| {
                booted + Duration::from_millis(stat.start.saturating_mul(1000) / per_second)
            }),
            session: stat.session,
            terminal: stat.terminal,
        }
    }

    fn file(&self, pid: u32, name: &str) -> PathBuf {
        self.root.join(pid.to_string()).join(name)
    }
}

/// The name is in parentheses and may itself contain parentheses and spaces, so the fields start after the last one.
fn parse(text: &str) -> Option<Stat> {
    let (before, fields) = text.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    // The first of these is field 3, the state.
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let field = |number: usize| fields.get(number - 3);
    Some(Stat {
        name: name.to_owned(),
        parent: field(4)?.parse().ok()?,
        session: field(6)?.parse().ok()?,
        terminal: field(7)?.parse().ok().filter(|number| *number != 0),
        start: field(22)?.parse().ok()?,
    })
}

/// When the computer was started. `/proc/stat` says so too, but is slow to read.
fn boot_time() -> Option<OffsetDateTime> {
    let now = |clock| clock_gettime(clock).ok().map(Duration::from);
    let since_boot = now(ClockId::CLOCK_BOOTTIME)?;
    Some(OffsetDateTime::UNIX_EPOCH + now(ClockId::CLOCK_REALTIME)?.checked_sub(since_boot)?)
}

fn ticks_per_second() -> Option<u64> {
    let ticks = sysconf(SysconfVar::CLK_TCK).ok().flatten()?;
    u64::try_from(ticks).ok().filter(|ticks| *ticks > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fake(tempfile::TempDir);

    impl Fake {
        /// Of each process: its number, name, parent and start.
        fn with(processes: &[(u32, &str, u32, u64)]) -> Self {
            let fake = Self(tempfile::tempdir().unwrap());
            for (pid, name, parent, start) in processes {
                fake.set(*pid, name, *parent, *start);
            }
            fake
        }

        fn set(&self, pid: u32, name: &str, parent: u32, start: u64) {
            let folder = self.0.path().join(pid.to_string());
            fs::create_dir_all(&folder).unwrap();
            let zeros = "0 ".repeat(14);
            let text = format!("{pid} ({name}) S {parent} {pid} 40 34816 {zeros}{start} 1 2\n");
            fs::write(folder.join("stat"), text).unwrap();
            let _ = std::os::unix::fs::symlink(format!("/usr/bin/{name}"), folder.join("exe"));
            let _ = std::os::unix::fs::symlink("/home/u", folder.join("cwd"));
        }

        fn files(&self) -> ProcFiles {
            let booted = OffsetDateTime::from_unix_timestamp(1_796_000_000).unwrap();
            ProcFiles { root: self.0.path().into(), ticks: Some((booted, 100)) }
        }

        fn chain(&self, pid: u32) -> Vec<(u32, u64)> {
            self.files().chain(pid).iter().map(|process| (process.id.pid, process.id.start)).collect()
        }
    }

    #[test]
    fn a_process_is_read_with_all_that_a_person_recognises_it_by() {
        let fake = Fake::with(&[(50, "git", 0, 12_345)]);
        let read = fake.files().chain(50);
        assert_eq!(
            read,
            [Process {
                id: ProcessId { pid: 50, start: 12_345 },
                name: "git".into(),
                program: Some("/usr/bin/git".into()),
                folder: Some("/home/u".into()),
                started_at: Some(
                    OffsetDateTime::from_unix_timestamp(1_796_000_123).unwrap() + Duration::from_millis(450)
                ),
                session: 40,
                terminal: Some(34816),
            }]
        );
    }

    #[test]
    fn a_name_with_brackets_and_spaces_moves_no_field() {
        let zeros = "0 ".repeat(14);
        let read = parse(&format!("7 (a) S 1 (b c) R 6 7 5 0 {zeros}99 0")).unwrap();
        let expected = Stat { name: "a) S 1 (b c".into(), parent: 6, session: 5, terminal: None, start: 99 };
        assert_eq!(read, expected);
        for broken in ["", "7", "7 (a", "7 (a)", "7 (a) S", "7 (a) S x 7 5 0"] {
            assert_eq!(parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn ancestors_are_read_up_to_the_first_process() {
        let fake = Fake::with(&[(50, "git", 40, 30), (40, "zsh", 1, 20), (1, "init", 0, 1)]);
        assert_eq!(fake.chain(50), [(50, 30), (40, 20), (1, 1)]);
    }

    #[test]
    fn an_ancestor_that_is_younger_than_its_child_was_given_a_reused_number() {
        let fake = Fake::with(&[(50, "git", 40, 30), (40, "evil", 1, 31), (1, "init", 0, 1)]);
        assert_eq!(fake.chain(50), [(50, 30)]);
    }

    #[test]
    fn what_changed_while_it_was_read_is_discarded_with_everything_above() {
        let fake = Fake::with(&[(50, "git", 40, 30), (40, "zsh", 7, 20), (7, "kitty", 1, 10), (1, "init", 0, 1)]);
        let files = fake.files();
        let read = files.read(50);
        assert_eq!(read.len(), 4);
        fake.set(7, "kitty", 1, 11);
        let pids: Vec<u32> = files.unchanged(read).iter().map(|process| process.id.pid).collect();
        assert_eq!(pids, [50, 40]);
    }

    #[test]
    fn a_circle_of_parents_ends() {
        let fake = Fake::with(&[(50, "a", 51, 5), (51, "b", 50, 5)]);
        assert_eq!(fake.chain(50).len(), MAX_ANCESTORS + 1);
    }

    #[test]
    fn a_process_that_is_gone_has_no_chain() {
        assert_eq!(Fake::with(&[]).chain(50), []);
    }

    #[test]
    fn a_process_acts_as_its_effective_user() {
        let fake = Fake::with(&[(50, "sudo", 0, 30)]);
        assert_eq!(fake.files().user(50), None);
        fs::write(fake.0.path().join("50/status"), "Name:\tsudo\nUid:\t1000\t0\t0\t0\nGid:\t1\t1\t1\t1\n").unwrap();
        assert_eq!(fake.files().user(50), Some(0));
        assert_eq!(ProcFiles::of_system().user(std::process::id()), Some(nix::unistd::geteuid().as_raw()));
    }

    #[test]
    fn this_process_is_found_in_the_real_files() {
        let files = ProcFiles::of_system();
        let chain = files.chain(std::process::id());
        assert_eq!(chain[0].id.pid, std::process::id());
        assert_eq!(chain[0].program, std::env::current_exe().ok());
        assert_eq!(files.start(std::process::id()), Some(chain[0].id.start));
        assert_eq!(chain[1].id.pid, std::os::unix::process::parent_id());
        let touched = fs::metadata("/proc/self").unwrap().modified().unwrap();
        let apart = OffsetDateTime::from(touched) - chain[0].started_at.unwrap();
        assert!(apart.abs() < Duration::from_secs(3600), "{apart}");
    }
}
