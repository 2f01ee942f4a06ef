//! Facts about the file system of a database file.

use std::path::{Path, PathBuf};

/// The magic numbers of network file systems in Linux (statfs(2)).
const MAGIC: &[(u64, &str)] = &[
    (0x0102_1997, "9P"),
    (0x5346_414f, "AFS"),
    (0x00c3_6400, "Ceph"),
    (0xff53_4d42, "CIFS"),
    (0x0bd0_0bd0, "Lustre"),
    (0x6969, "NFS"),
    (0xfe53_4d42, "SMB"),
    (0x517b, "SMB"),
];

/// The most symbolic links followed, as in Linux.
const MAX_LINKS: usize = 40;

/// The free bytes for this user on the file system of a path.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let statistics = rustix::fs::statvfs(path).ok()?;
    statistics.f_bavail.checked_mul(statistics.f_frsize)
}

/// The name of the network file system that a file is on, if it is on one.
pub fn network(path: &Path) -> Option<&'static str> {
    let statistics = rustix::fs::statfs(path).ok()?;
    name(statistics.f_type as u64)
}

fn name(magic: u64) -> Option<&'static str> {
    // The field of the kernel has 32 bits; where it is signed, it arrives sign-extended.
    let magic = magic & 0xffff_ffff;
    MAGIC.iter().find(|(known, _)| *known == magic).map(|(_, name)| *name)
}

/// Resolves symbolic links in the last component of a path. SQLite does the same and keeps its WAL
/// beside the target. A path that is no link is returned unchanged. A dangling link resolves to the
/// path of the future file.
pub fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..MAX_LINKS {
        let Ok(target) = path.read_link() else { break };
        // A relative target starts at the folder of the link; an absolute one replaces the path.
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_told_from_disks() {
        assert_eq!(name(0x6969), Some("NFS"));
        assert_eq!(name(0xffff_ffff_ff53_4d42), Some("CIFS"));
        assert_eq!(name(0xef53), None, "ext4");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network(folder.path()), None);
        assert_ne!(free_bytes(folder.path()), None);
    }

    #[test]
    fn a_link_leads_to_its_file_whether_that_is_there_or_not() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("disk")).unwrap();
        std::os::unix::fs::symlink("disk/second", at("first")).unwrap();
        std::os::unix::fs::symlink(at("disk/a.db"), at("disk/second")).unwrap();
        std::os::unix::fs::symlink("round", at("round")).unwrap();

        assert_eq!(followed(&at("first")), at("disk/a.db"));
        assert_eq!(followed(Path::new("data/a.db")), Path::new("data/a.db"));
        assert_eq!(followed(&at("round")), at("round"), "SQLite says what is wrong with it");
    }
}
