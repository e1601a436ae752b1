//! Reasons why a file cannot be used, and advice: its owner, something else in its place, the folder that keeps us out.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// A fault, and advice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The fault, with the file's name.
    pub text: String,
    /// The advice.
    pub advice: String,
}

impl FileFault {
    fn new(text: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { text: text.into(), advice: advice.into() }
    }

    /// Makes the fault of the operating system's error when `path` was opened or read. `restore` is the advice where
    /// the file is gone.
    #[must_use]
    pub fn of(path: &Path, cause: &io::Error, restore: &str) -> Self {
        let shown = path.display();
        match cause.kind() {
            io::ErrorKind::NotFound => match first_missing(path) {
                Some(folder) if folder != path => {
                    Self::new(format!("the folder {} is missing", folder.display()), restore)
                }
                _ => Self::new(format!("{shown} is missing"), restore),
            },
            io::ErrorKind::PermissionDenied => denied(path),
            io::ErrorKind::IsADirectory => Self::new(
                format!("{shown} is a folder; a file is expected"),
                format!("move the folder away, then {restore}"),
            ),
            io::ErrorKind::NotADirectory => Self::new(
                format!("{shown}: a file stands where a folder is expected"),
                format!("move it away, then {restore}"),
            ),
            io::ErrorKind::ReadOnlyFilesystem => read_only(path),
            _ => {
                Self::new(format!("{shown}: {cause}"), "look at the disk, and at what the system's own log says of it")
            }
        }
    }

    /// Of a file that has nothing in it, as a full disk or a broken copy leaves it.
    #[must_use]
    pub fn empty(path: &Path, restore: &str) -> Self {
        Self::new(format!("{} is empty", path.display()), restore)
    }

    /// Whether the files of a folder can be written; `None` where they can, as far as this process can tell.
    #[must_use]
    pub fn of_writing(folder: &Path) -> Option<Self> {
        match rustix::fs::access(folder, rustix::fs::Access::WRITE_OK) {
            Ok(()) => None,
            Err(rustix::io::Errno::ROFS) => Some(read_only(folder)),
            Err(rustix::io::Errno::ACCESS) => Some(denied(folder)),
            Err(error) => Some(Self::of(folder, &error.into(), "make it again")),
        }
    }
}

fn read_only(path: &Path) -> FileFault {
    FileFault::new(
        format!("the file system of {} is mounted for reading alone", path.display()),
        "look in the system's own log why, as a broken disk does that too; then mount it for writing",
    )
}

/// Names the obstacle to this process: the first folder on the way that keeps it out, or the file.
fn denied(path: &Path) -> FileFault {
    let culprit = path
        .ancestors()
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .find(|ancestor| !ancestor.as_os_str().is_empty() && is_closed(ancestor))
        .and_then(Path::parent)
        .unwrap_or(path);
    let shown = culprit.display();
    let Ok(found) = fs::metadata(culprit) else {
        return FileFault::new(format!("{shown} cannot be looked at"), "run the command as the node's own user");
    };
    let (owner, own) = (found.uid(), own_user());
    let bits = if found.is_dir() { "u=rwx" } else { "u=rw" };
    if Some(owner) == own {
        return FileFault::new(
            format!("{shown} is closed to its own owner (mode {:o})", found.mode() & 0o777),
            format!("run: chmod {bits} {shown}"),
        );
    }
    let (owner, own) = (user_name(owner), own.map_or_else(|| "another user".to_owned(), user_name));
    FileFault::new(
        format!("{shown} belongs to {owner}, and this program runs as {own}"),
        format!("run the command as {owner}; or, where the node's own user is {own}: chown {own} {shown}"),
    )
}

/// Whether the file of this name cannot be looked at, since its folder is closed.
fn is_closed(path: &Path) -> bool {
    fs::symlink_metadata(path).is_err_and(|error| error.kind() == io::ErrorKind::PermissionDenied)
}

fn first_missing(path: &Path) -> Option<PathBuf> {
    let ancestors: Vec<&Path> = path.ancestors().filter(|ancestor| !ancestor.as_os_str().is_empty()).collect();
    let is_missing = |ancestor: &&&Path| fs::symlink_metadata(ancestor).is_err();
    ancestors.iter().rev().find(is_missing).map(|ancestor| (*ancestor).to_owned())
}

/// The user that this process runs as, where the system tells it.
#[must_use]
pub fn own_user() -> Option<u32> {
    // By the process's own entry: `USER` and `LOGNAME` can be set to anything.
    fs::metadata("/proc/self").ok().map(|own| own.uid())
}

/// A user's name; the number where the system has no name for it.
#[must_use]
pub fn user_name(uid: u32) -> String {
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &accounts).map_or_else(|| format!("uid {uid}"), str::to_owned)
}

/// The name in `passwd`(5)'s form: `name:password:uid:…`.
fn name_of(uid: u32, accounts: &str) -> Option<&str> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then_some(name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESTORE: &str = "restore it from a backup";

    fn of_reading(path: &Path) -> FileFault {
        FileFault::of(path, &fs::read(path).expect_err("it cannot be read"), RESTORE)
    }

    #[test]
    fn a_user_is_found_by_number() {
        let accounts = "root:x:0:0:root:/root:/bin/sh\n\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(0, accounts), Some("root"));
        assert_eq!(name_of(1000, accounts), Some("ada"));
        assert_eq!(name_of(7, accounts), None);
        assert_eq!(user_name(u32::MAX - 7), format!("uid {}", u32::MAX - 7));
    }

    #[test]
    fn what_stands_in_place_of_a_file_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("a.pem")).expect("made");
        fs::write(at("file"), "").expect("written");
        for (path, text, advice) in [
            (at("a.pem"), "is a folder", "move the folder away, then restore it"),
            (at("b.pem"), "b.pem is missing", RESTORE),
            (at("none/b.pem"), "none is missing", RESTORE),
            (at("file/b.pem"), "a file stands where a folder is expected", "move it away"),
        ] {
            let fault = of_reading(&path);
            assert!(fault.text.contains(text) && fault.advice.contains(advice), "{fault:?}");
        }
        assert_eq!(FileFault::of_writing(folder.path()), None);
    }

    #[test]
    fn a_file_system_for_reading_alone_is_told_as_such() {
        let error = io::Error::from(io::ErrorKind::ReadOnlyFilesystem);
        let fault = FileFault::of(Path::new("/srv/node/high-water"), &error, RESTORE);
        assert!(fault.text.contains("for reading alone") && !fault.advice.contains("backup"), "{fault:?}");
    }
}
