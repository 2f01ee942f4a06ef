//! Facts about the file system of a database file.

use std::{
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// The folder that holds a file, also of a path that is only a name.
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The path of a file beside another one: its name, and this suffix.
pub fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

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

/// The bits of the field in the kernel. Where it is signed, it arrives sign-extended.
const MAGIC_BITS: u64 = 0xffff_ffff;

/// The magic number of file systems that a program provides (FUSE).
const FUSE: u64 = 0x6573_5546;

/// Those of them that reach other machines, by their types in `/proc/self/mountinfo`.
const PROVIDED: &[(&str, &str)] = &[
    ("fuse.ceph-fuse", "Ceph"),
    ("fuse.glusterfs", "GlusterFS"),
    ("fuse.juicefs", "JuiceFS"),
    ("fuse.rclone", "rclone"),
    ("fuse.s3fs", "s3fs"),
    ("fuse.sshfs", "SSHFS"),
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
    match statistics.f_type as u64 & MAGIC_BITS {
        FUSE => {
            let device = path.metadata().ok()?.dev();
            let device = format!("{}:{}", rustix::fs::major(device), rustix::fs::minor(device));
            provided(&std::fs::read_to_string("/proc/self/mountinfo").ok()?, &device)
        }
        magic => name(magic),
    }
}

/// Finds the mount of a device in `/proc/self/mountinfo` (proc(5)). Its type follows a single `-`.
fn provided(mounts: &str, device: &str) -> Option<&'static str> {
    let of_device = |line: &&str| line.split(' ').nth(2) == Some(device);
    let line = mounts.lines().find(of_device)?;
    let kind = line.split(' ').skip_while(|field| *field != "-").nth(1)?;
    PROVIDED.iter().find(|(known, _)| *known == kind).map(|(_, name)| *name)
}

fn name(magic: u64) -> Option<&'static str> {
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
        assert_eq!(name(0xffff_ffff_ff53_4d42 & MAGIC_BITS), Some("CIFS"));
        assert_eq!(name(0xef53), None, "ext4");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network(folder.path()), None);
        assert_ne!(free_bytes(folder.path()), None);
    }

    #[test]
    fn network_file_systems_of_programs_are_told_by_the_type_of_their_mount() {
        let mounts = "\
            29 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
            60 29 0:48 / /home/me/.cache/doc rw,nosuid - fuse.portal portal rw
            61 29 0:49 /data /app/data rw,nosuid shared:7 master:2 - fuse.sshfs me@nas:/ rw,user_id=0
            62 29 0:50 / /mnt/c rw - fuseblk /dev/sdb1 rw";
        let mounts = mounts.replace("\n            ", "\n");
        assert_eq!(provided(&mounts, "0:49"), Some("SSHFS"));
        for local in ["254:0", "0:48", "0:50", "0:51"] {
            assert_eq!(provided(&mounts, local), None, "{local}");
        }
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
