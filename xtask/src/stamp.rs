//! A stamp records the sources that something was built from, so that it is rebuilt only when they differ.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::tools::Outcome;

/// A file with the digest of the sources its product was built from.
pub(crate) struct Stamp {
    file: PathBuf,
    digest: String,
}

impl Stamp {
    /// Reads all sources, which may be files or folders; `without` names folders to skip.
    pub(crate) fn of(file: PathBuf, sources: &[PathBuf], without: &[&str]) -> Outcome<Self> {
        let mut hasher = DefaultHasher::new();
        for source in sources {
            add(source, without, &mut hasher)?;
        }
        Ok(Self { file, digest: format!("{:016x}", hasher.finish()) })
    }

    /// Whether the product was built from exactly these sources.
    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|stored| stored == self.digest)
    }

    /// Records that the product was built.
    pub(crate) fn press(&self) -> Outcome {
        fs::write(&self.file, &self.digest)?;
        Ok(())
    }
}

fn add(path: &Path, without: &[&str], hasher: &mut DefaultHasher) -> Outcome {
    path.file_name().hash(hasher);
    if !path.is_dir() {
        // An absent source differs from an empty one.
        fs::read(path).ok().hash(hasher);
        return Ok(());
    }
    let mut entries = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if !without.iter().any(|name| entry.file_name() == *name) {
            add(&entry.path(), without, hasher)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_fresh_until_a_source_changes() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(folder.join("src/skipped")).unwrap();
        fs::write(folder.join("src/a.ts"), "1").unwrap();
        let stamp = || Stamp::of(folder.join("stamp"), &[folder.join("src")], &["skipped"]).unwrap();

        assert!(!stamp().is_fresh(), "nothing was made yet");
        stamp().press().unwrap();
        assert!(stamp().is_fresh());
        fs::write(folder.join("src/skipped/b.ts"), "1").unwrap();
        assert!(stamp().is_fresh(), "a folder that is left out does not count");
        fs::write(folder.join("src/a.ts"), "2").unwrap();
        assert!(!stamp().is_fresh(), "a changed file counts");
        fs::write(folder.join("src/a.ts"), "1").unwrap();
        fs::rename(folder.join("src/a.ts"), folder.join("src/b.ts")).unwrap();
        assert!(!stamp().is_fresh(), "a renamed file counts");

        fs::remove_dir_all(folder).unwrap();
    }
}
