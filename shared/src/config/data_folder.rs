//! The folder in which a container keeps what outlives it, if it does.

use std::fs;
use std::path::Path;

/// Where a container keeps what outlives it.
pub const DATA_FOLDER: &str = "/data";

/// What [`DATA_FOLDER`] is on this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataFolder {
    /// Not there, not a folder, or not writable.
    Missing,
    /// A writable folder of the container itself, or in memory.
    Plain,
    /// A writable folder at which storage was mounted.
    Mounted,
}

impl DataFolder {
    /// Looks at `path`. Writes and removes an empty file to learn whether it may.
    pub(super) fn probe(path: &Path) -> Self {
        let Ok(folder) = fs::metadata(path) else {
            return Self::Missing;
        };
        let mark = path.join(format!(".doorkey-probe-{}", std::process::id()));
        if !folder.is_dir() || fs::write(&mark, "").is_err() {
            return Self::Missing;
        }
        // A file left behind is empty and harmless; nothing depends on it.
        let _ = fs::remove_file(&mark);
        let is_mounted = match fs::read_to_string("/proc/self/mountinfo") {
            Ok(mounts) => is_kept(&mounts, path),
            Err(_) => is_another_device(path, &folder),
        };
        if is_mounted {
            Self::Mounted
        } else {
            Self::Plain
        }
    }
}

/// Whether something that outlives a restart is mounted at `path`. Each line of
/// `proc_pid_mountinfo(5)` has the place as its fifth field and, after a lone dash,
/// the kind of file system; of several mounts at one place the last is seen.
fn is_kept(mounts: &str, path: &Path) -> bool {
    let kind = mounts.lines().rev().find_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let place = before.split(' ').nth(4)?;
        (Path::new(place) == path).then(|| after.split(' ').next())?
    });
    kind.is_some_and(|kind| !matches!(kind, "tmpfs" | "ramfs"))
}

/// The same where the system does not list its mounts.
fn is_another_device(path: &Path, folder: &fs::Metadata) -> bool {
    let parent = path.parent().and_then(|parent| fs::metadata(parent).ok());
    parent.is_some_and(|parent| device(&parent) != device(folder))
}

#[cfg(unix)]
fn device(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(metadata)
}

#[cfg(not(unix))]
fn device(_: &fs::Metadata) -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 0:20 / / rw,relatime - overlay overlay rw,lowerdir=/a
30 22 0:25 / /proc rw,nosuid shared:12 - proc proc rw
31 22 0:52 /bucket /data rw,nosuid,nodev - fuse.hf-mount hf rw,user_id=0
32 22 259:1 /srv/kept /srv/data rw,relatime shared:5 master:2 - ext4 /dev/vda1 rw
33 22 0:60 / /cache rw - tmpfs tmpfs rw,size=64k
34 22 259:1 / /twice rw - ext4 /dev/vda1 rw
35 34 0:61 / /twice rw - tmpfs tmpfs rw
";

    #[test]
    fn what_is_mounted_is_told_from_what_is_not() {
        for (path, kept) in [
            ("/data", true),
            ("/srv/data", true),
            ("/data/inside", false),
            ("/srv", false),
            ("/cache", false),
            ("/twice", false),
            ("/nowhere", false),
        ] {
            assert_eq!(is_kept(MOUNTS, Path::new(path)), kept, "{path}");
        }
        for broken in ["", "\n", "31 22 0:52 /", "- ext4", "a b c d /data"] {
            assert!(!is_kept(broken, Path::new("/data")), "{broken}");
        }
    }
}
