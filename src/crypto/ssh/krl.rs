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

/// Writes a list. All certificates of a revoked authority count as revoked.
pub fn write_krl(at: u64, cas: &[SshCaPublicKey], certificates: &[RevokedSerials]) -> Vec<u8> {
    let mut krl = Vec::new();
    krl.extend(MAGIC.to_be_bytes());
    krl.extend(FORMAT_VERSION.to_be_bytes());
    // Its version, and when it was written.
    krl.extend(at.to_be_bytes());
    krl.extend(at.to_be_bytes());
    // No flags, and a reserved field.
    krl.extend(0_u64.to_be_bytes());
    put_string(&mut krl, b"");
    put_string(&mut krl, b"pocketid");
    for RevokedSerials { ca, serials } in certificates.iter().filter(|it| !it.serials.is_empty()) {
        let list: Vec<u8> = serials.iter().flat_map(|serial| serial.to_be_bytes()).collect();
        let mut section = Vec::with_capacity(list.len() + 128);
        put_string(&mut section, &ca.blob());
        put_string(&mut section, b"");
        section.push(CERT_SERIAL_LIST);
        put_string(&mut section, &list);
        krl.push(SECTION_CERTIFICATES);
        put_string(&mut krl, &section);
    }
    if !cas.is_empty() {
        let mut section = Vec::new();
        for ca in cas {
            put_string(&mut section, &ca.blob());
        }
        krl.push(SECTION_EXPLICIT_KEY);
        put_string(&mut krl, &section);
    }
    krl
}

/// Whether bytes are a whole list, as far as its frame tells. A host with a broken list refuses every sign-in.
pub fn is_krl(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

fn read(bytes: &[u8]) -> Option<()> {
    let mut reader = Reader(bytes);
    if reader.uint64()? != MAGIC || reader.uint32()? != FORMAT_VERSION {
        return None;
    }
    for _ in 0..3 {
        reader.uint64()?;
    }
    reader.string()?;
    reader.string()?;
    while !reader.is_empty() {
        reader.byte()?;
        reader.string()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_was_cut_off_is_noticed() {
        let ca = SshCaPublicKey::from_slice(&[7; 32]).unwrap();
        let certificates = [RevokedSerials { ca, serials: vec![1, u64::MAX] }];
        let krl = write_krl(1, &[ca], &certificates);
        assert!(is_krl(&krl));
        let empty = write_krl(1, &[], &[]);
        assert!(is_krl(&empty));
        // Between two sections it is a list, too; there are two here.
        let whole = (0..krl.len()).filter(|length| is_krl(&krl[..*length])).count();
        assert_eq!(whole, 2);
        for other in [&b""[..], b"<html>", b"{}"] {
            assert!(!is_krl(other));
        }
    }
}
