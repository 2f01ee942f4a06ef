//! What a database on a disk has to know of the file system.

use std::path::Path;

/// The magic numbers that Linux gives to network file systems (statfs(2)).
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

/// How many bytes are free for this user where a file is.
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
    // The kernel's field is of 32 bits; where it is signed it comes extended.
    let magic = magic & 0xffff_ffff;
    MAGIC.iter().find(|(known, _)| *known == magic).map(|(_, name)| *name)
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
}
