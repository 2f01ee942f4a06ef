//! Decrypts the secrets of Pocket ID 2. They are encrypted with AES-256-GCM under keys that are derived
//! from `ENCRYPTION_KEY`: with HMAC-SHA3-256 for the signing key, with HKDF-SHA-256 for SCIM tokens.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
};
use sha3::{Digest as _, Sha3_256};
use zeroize::Zeroizing;

use super::SealError;

/// Block size of SHA3-256 (FIPS 202 table 3), in bytes.
const BLOCK: usize = 136;

/// The purpose for which the key of SCIM tokens is derived (`info` in RFC 5869).
const SCIM_INFO: &[u8] = b"pocketid/encrypted_string";
/// The associated data of SCIM tokens.
const SCIM_DATA: &[u8] = b"encrypted_string";

/// Decrypts the content of `jwt_private_key.json`: a private JWK.
pub fn open_signing_key(
    encryption_key: &[u8],
    instance_id: &str,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let key = key_encryption_key(encryption_key, instance_id);
    let key = UnboundKey::new(&AES_256_GCM, &*key).map_err(|_| SealError)?;
    open(key, b"", sealed)
}

/// Decrypts the bearer token of a SCIM provider.
pub fn open_scim_token(
    encryption_key: &[u8],
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let key = Salt::new(HKDF_SHA256, &[]).extract(encryption_key);
    let key = key.expand(&[SCIM_INFO], &AES_256_GCM).map_err(|_| SealError)?;
    open(UnboundKey::from(key), SCIM_DATA, sealed)
}

/// Decrypts base64 of the nonce, the ciphertext and the tag.
fn open(key: UnboundKey, data: &[u8], sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let sealed = BASE64_STANDARD.decode(sealed.trim()).map_err(|_| SealError)?;
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let mut body = Zeroizing::new(body.to_vec());
    let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::from(data), &mut body);
    let length = opened.map_err(|_| SealError)?.len();
    body.truncate(length);
    Ok(body)
}

fn key_encryption_key(encryption_key: &[u8], instance_id: &str) -> Zeroizing<[u8; 32]> {
    hmac_sha3_256(encryption_key, format!("pocketid/{instance_id}/jwk-kek").as_bytes())
}

/// HMAC (RFC 2104 §2) with SHA3-256.
fn hmac_sha3_256(key: &[u8], message: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut block = Zeroizing::new([0; BLOCK]);
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha3_256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded = |byte: u8| Zeroizing::new(block.map(|part| part ^ byte));
    let inner = Sha3_256::new().chain_update(*padded(0x36)).chain_update(message).finalize();
    let outer = Sha3_256::new().chain_update(*padded(0x5c)).chain_update(inner).finalize();
    Zeroizing::new(outer.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Test vectors from Pocket ID 2.14.
    #[test]
    fn the_key_is_derived_as_pocket_id_does_it() {
        assert_eq!(
            hex(&*key_encryption_key(b"test-encryption-key", "instance-123")),
            "8e7610a60551627e8bfff3a120513ed18e8176e821214d9c58e6dcb1918f7636"
        );
        assert_eq!(
            hex(&*hmac_sha3_256(b"test-encryption-key", b"custom-seed-for-derive-key-test")),
            "4711f51767f370cef92807634ab9b534476e7f91c1c9914fb681e9982badc646"
        );
    }

    /// Encrypted with another implementation of HKDF and AES-256-GCM.
    #[test]
    fn a_scim_token_opens_under_its_key_only() {
        let sealed = "AAECAwQFBgcICQoLD0usUabA3A0gmOK6yuwBx3vaU75FpD/s1rbJb3V4iNTelv/FlQ0mEuSF";
        let opened = open_scim_token(b"the key of the old Pocket ID", sealed).unwrap();
        assert_eq!(&**opened, b"token-of-the-scim-endpoint");
        assert!(open_scim_token(b"another key", sealed).is_err());
    }

    /// RFC 2104 §2: a key longer than the block is hashed first.
    #[test]
    fn a_long_key_is_its_digest() {
        let long = [7; BLOCK + 1];
        let digest = Sha3_256::digest(long);
        assert_eq!(*hmac_sha3_256(&long, b"x"), *hmac_sha3_256(&digest, b"x"));
    }

    #[test]
    fn what_is_not_sealed_under_the_key_is_refused() {
        for sealed in ["", "AAAA", "no base64", &BASE64_STANDARD.encode([0; 64])] {
            assert!(open_signing_key(b"key", "id", sealed).is_err(), "{sealed}");
            assert!(open_scim_token(b"key", sealed).is_err(), "{sealed}");
        }
    }
}
