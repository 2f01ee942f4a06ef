//! Key revocation lists (PROTOCOL.krl). `ssh-key` has none.

use super::{
    SshCaPublicKey,
    wire::{Reader, put_string},
};

/// `SSHKRL\n\0`
const MAGIC: u64 = 0x5353_484b_524c_0a00;
const FORMAT_VERSION: u32 = 1;
/// A section with certificates of one authority.
const SECTION_CERTIFICATES: u8 = 1;
/// A section with keys.
const SECTION_EXPLICIT_KEY: u8 = 2;
/// A part of the first kind of section: a list of serial numbers.
const CERT_SERIAL_LIST: u8 = 0x20;

/// The revoked certificates of one authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedSerials {
    /// The authority.
    pub ca: SshCaPublicKey,
    /// The numbers of its certificates.
    pub serials: Vec<u64>,
}

/// Begins the comment of a list; the number of its sections follows.
const COMMENT: &str = "pocketid ";

/// Writes a list. All certificates of a revoked authority count as revoked. Its comment says how many
/// sections it has, so that one that was cut off between two is noticed.
pub fn write_krl(at: u64, cas: &[SshCaPublicKey], certificates: &[RevokedSerials]) -> Vec<u8> {
    let mut sections = Vec::new();
    // First what matters most.
    if !cas.is_empty() {
        let mut section = Vec::new();
        for ca in cas {
            put_string(&mut section, &ca.blob());
        }
        sections.push((SECTION_EXPLICIT_KEY, section));
    }
    for RevokedSerials { ca, serials } in certificates.iter().filter(|it| !it.serials.is_empty()) {
        let list: Vec<u8> = serials.iter().flat_map(|serial| serial.to_be_bytes()).collect();
        let mut section = Vec::with_capacity(list.len() + 128);
        put_string(&mut section, &ca.blob());
        put_string(&mut section, b"");
        section.push(CERT_SERIAL_LIST);
        put_string(&mut section, &list);
        sections.push((SECTION_CERTIFICATES, section));
    }
    let mut krl = Vec::new();
    krl.extend(MAGIC.to_be_bytes());
    krl.extend(FORMAT_VERSION.to_be_bytes());
    // Its version, and when it was written.
    krl.extend(at.to_be_bytes());
    krl.extend(at.to_be_bytes());
    // No flags, and a reserved field.
    krl.extend(0_u64.to_be_bytes());
    put_string(&mut krl, b"");
    put_string(&mut krl, format!("{COMMENT}{}", sections.len()).as_bytes());
    for (kind, section) in sections {
        krl.push(kind);
        put_string(&mut krl, &section);
    }
    krl
}

/// Reads the version of a list of ours: the second at which it was written. `None` for anything else, also
/// for a part of one. A host with a broken list refuses every sign-in, and one with a list in another form takes
/// it for a list of keys in text, which revokes none.
pub fn krl_version(bytes: &[u8]) -> Option<u64> {
    let mut reader = Reader(bytes);
    if reader.uint64()? != MAGIC || reader.uint32()? != FORMAT_VERSION {
        return None;
    }
    let version = reader.uint64()?;
    for _ in 0..2 {
        reader.uint64()?;
    }
    reader.string()?;
    let comment = std::str::from_utf8(reader.string()?).ok()?;
    let count: usize = comment.strip_prefix(COMMENT)?.parse().ok()?;
    let mut found = 0_usize;
    while !reader.is_empty() {
        reader.byte()?;
        reader.string()?;
        found += 1;
    }
    (found == count).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_cut_off_is_noticed() {
        let ca = SshCaPublicKey::from_slice(&[7; 32]).unwrap();
        let certificates = [RevokedSerials { ca, serials: vec![1, u64::MAX] }];
        let krl = write_krl(1, &[ca], &certificates);
        assert_eq!(krl_version(&krl), Some(1));
        let empty = write_krl(7, &[], &[]);
        assert_eq!(krl_version(&empty), Some(7));
        for length in 0..krl.len() {
            assert_eq!(krl_version(&krl[..length]), None, "also between two sections");
        }
        let twice = [&krl[..], &krl[krl.len() - 40..]].concat();
        for other in [&b""[..], b"<html>", b"{}", b"ssh-ed25519 AAAA\n", &twice] {
            assert_eq!(krl_version(other), None);
        }
    }
}
