//! Authenticator data (WebAuthn L3 §6.1) and the attestation object around it (§6.5).
//!
//! We request no attestation, so a statement proves nothing to us. A wrong statement, or one of an
//! unknown format, does not count against the authenticator either: browsers and password managers
//! send such. The statement is never read. The library verifies an object rebuilt from the same
//! parts that are stored, so the two cannot differ.

use serde::Deserialize;
use serde_cbor_2::Value;
use uuid::Uuid;

use crate::model::passkey::CREDENTIAL_ID_BYTES;

/// The flag of a credential that may be synced.
pub(super) const BACKUP_ELIGIBLE: u8 = 0x08;
/// The flag for attested credential data.
const ATTESTED_CREDENTIAL_DATA: u8 = 0x40;
/// The flag for outputs of extensions.
const EXTENSION_DATA: u8 = 0x80;

/// Why authenticator data cannot be parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum AuthenticatorDataError {
    /// WebAuthn L3 §7.1 step 25. An empty id would match every user.
    #[error("the credential id does not have 1 to 1023 bytes")]
    CredentialId,
    /// The outputs of extensions are not a CBOR map.
    #[error("authenticator data: the outputs of extensions cannot be read")]
    Extensions,
    /// It is not a CBOR map with authenticator data.
    #[error("the attestation object cannot be read")]
    Object,
    /// The public key is not CBOR.
    #[error("authenticator data: the public key cannot be read")]
    PublicKey,
    /// It ends early.
    #[error("authenticator data: it is too short")]
    Short,
    /// It has more bytes than its flags announce.
    #[error("authenticator data: there are bytes left over")]
    LeftOver,
    /// It contains no credential.
    #[error("authenticator data: it contains no credential")]
    NoCredential,
}

/// The parts of a new credential.
#[derive(Debug)]
pub(super) struct Attested {
    /// The hash of the Relying Party ID, the flags, and the counter, as received.
    head: [u8; 37],
    aaguid: Uuid,
    pub(super) credential_id: Vec<u8>,
    /// The public key as COSE, byte for byte.
    pub(super) public_key: Vec<u8>,
}

#[derive(Deserialize)]
struct AttestationObject<'a> {
    #[serde(rename = "authData")]
    auth_data: &'a [u8],
}

struct Parts<'a> {
    head: [u8; 37],
    credential: Option<(Uuid, &'a [u8], &'a [u8])>,
}

/// Extracts the new credential from an attestation object.
pub(super) fn attested(object: &[u8]) -> Result<Attested, AuthenticatorDataError> {
    let object: AttestationObject =
        serde_cbor_2::from_slice(object).map_err(|_| AuthenticatorDataError::Object)?;
    let parts = parse(object.auth_data)?;
    let (aaguid, id, key) = parts.credential.ok_or(AuthenticatorDataError::NoCredential)?;
    Ok(Attested { head: parts.head, aaguid, credential_id: id.to_vec(), public_key: key.to_vec() })
}

/// Checks that authenticator data is well-formed. Otherwise the library, which parses it again,
/// would log all of it.
pub(super) fn check(data: &[u8]) -> Result<(), AuthenticatorDataError> {
    parse(data).map(drop)
}

/// Whether the credential that signed this data may be synced.
pub(super) fn is_backup_eligible(data: &[u8]) -> bool {
    data.get(32).is_some_and(|flags| flags & BACKUP_ELIGIBLE != 0)
}

impl Attested {
    /// The model of the authenticator. `None` if the authenticator does not reveal it.
    pub(super) fn aaguid(&self) -> Option<Uuid> {
        (!self.aaguid.is_nil()).then_some(self.aaguid)
    }

    /// The attestation object with format `none` and without outputs of extensions.
    pub(super) fn without_statement(&self) -> Vec<u8> {
        let mut data = self.head.to_vec();
        data[32] &= !EXTENSION_DATA;
        data.extend(self.aaguid.as_bytes());
        let length = u16::try_from(self.credential_id.len()).expect("its length was checked");
        data.extend(length.to_be_bytes());
        data.extend(&self.credential_id);
        data.extend(&self.public_key);
        let object = [
            ("fmt", Value::Text("none".into())),
            ("attStmt", Value::Map([].into())),
            ("authData", Value::Bytes(data)),
        ];
        let object = object.map(|(name, value)| (Value::Text(name.into()), value));
        serde_cbor_2::to_vec(&Value::Map(object.into())).expect("writing into memory does not fail")
    }
}

fn parse(data: &[u8]) -> Result<Parts<'_>, AuthenticatorDataError> {
    use AuthenticatorDataError::{CredentialId, Extensions, LeftOver, PublicKey, Short};
    let (head, mut rest) = data.split_first_chunk::<37>().ok_or(Short)?;
    let mut credential = None;
    if head[32] & ATTESTED_CREDENTIAL_DATA != 0 {
        let (aaguid, tail) = rest.split_first_chunk::<16>().ok_or(Short)?;
        let (length, tail) = tail.split_first_chunk::<2>().ok_or(Short)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if !CREDENTIAL_ID_BYTES.contains(&length) {
            return Err(CredentialId);
        }
        let (id, tail) = tail.split_at_checked(length).ok_or(Short)?;
        let (Value::Map(_), end) = item(tail).ok_or(PublicKey)? else { return Err(PublicKey) };
        credential = Some((Uuid::from_bytes(*aaguid), id, &tail[..end]));
        rest = &tail[end..];
    }
    if head[32] & EXTENSION_DATA != 0 {
        let (Value::Map(outputs), end) = item(rest).ok_or(Extensions)? else {
            return Err(Extensions);
        };
        if !outputs.keys().all(|name| matches!(name, Value::Text(_))) {
            return Err(Extensions);
        }
        rest = &rest[end..];
    }
    if rest.is_empty() { Ok(Parts { head: *head, credential }) } else { Err(LeftOver) }
}

/// The first CBOR item, and where it ends.
fn item(bytes: &[u8]) -> Option<(Value, usize)> {
    let mut items = serde_cbor_2::Deserializer::from_slice(bytes).into_iter::<Value>();
    let value = items.next()?.ok()?;
    Some((value, items.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Authenticator data with a credential whose key is an empty map.
    fn data(flags: u8, id_length: u16) -> Vec<u8> {
        let mut data = vec![7; 32];
        data.push(flags);
        data.extend([0, 0, 0, 9]);
        data.extend([1; 16]);
        data.extend(id_length.to_be_bytes());
        data.extend(vec![2; usize::from(id_length)]);
        data.push(0xa0);
        data
    }

    fn object(data: &[u8]) -> Vec<u8> {
        let members =
            [("fmt", Value::Text("odd".into())), ("authData", Value::Bytes(data.to_vec()))];
        let members = members.map(|(name, value)| (Value::Text(name.into()), value));
        serde_cbor_2::to_vec(&Value::Map(members.into())).unwrap()
    }

    #[test]
    fn a_credential_id_has_1_to_1023_bytes() {
        for (length, is_good) in [(0, false), (1, true), (1023, true), (1024, false), (4096, false)]
        {
            let read = attested(&object(&data(0x41, length)));
            assert_eq!(read.is_ok(), is_good, "{length}");
        }
    }

    #[test]
    fn what_is_verified_is_what_is_stored() {
        let mut sent = data(0xc1, 16);
        sent.extend([0xa1, 0x61, b'x', 0xf5]);
        let read = attested(&object(&sent)).unwrap();

        let again = attested(&read.without_statement()).unwrap();
        assert_eq!(again.public_key, read.public_key);
        assert_eq!(again.credential_id, read.credential_id);
        assert_eq!(again.aaguid, read.aaguid);
        assert_eq!(again.head[..32], read.head[..32]);
        assert_eq!(again.head[32], 0x41, "no outputs of extensions");
    }

    #[test]
    fn data_that_is_not_what_its_flags_say_is_refused() {
        use AuthenticatorDataError as Fault;
        let full = data(0x41, 4);
        for end in 0..full.len() {
            assert!(check(&full[..end]).is_err(), "{end}");
        }
        assert_eq!(check(&[full.as_slice(), &[0]].concat()), Err(Fault::LeftOver));
        assert_eq!(check(&data(0xc1, 4)), Err(Fault::Extensions));
        for output in [&[0xf5][..], &[0xa1, 1, 2], &[0xa1, 0x61]] {
            let sent = [data(0xc1, 4).as_slice(), output].concat();
            assert_eq!(check(&sent), Err(Fault::Extensions), "{output:?}");
        }
        assert_eq!(attested(&object(&data(1, 4)[..37])).unwrap_err(), Fault::NoCredential);
        for bytes in [&b""[..], b"\xa0", b"\x80", b"\xff", b"\xa1\x68authData\x00"] {
            assert_eq!(attested(bytes).unwrap_err(), Fault::Object, "{bytes:?}");
        }
    }
}
