//! Decrypts the signing key of Pocket ID 2.14. It is encrypted with AES-256-GCM under a key that
//! HMAC-SHA3-256 derives from `ENCRYPTION_KEY`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha3::{Digest as _, Sha3_256};
use zeroize::Zeroizing;

use super::SealError;

/// Block size of SHA3-256 (FIPS 202 table 3), in bytes.
const BLOCK: usize = 136;

/// Decrypts the content of `jwt_private_key.json`: a private JWK.
pub fn open_signing_key(
    encryption_key: &[u8],
    instance_id: &str,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let sealed = BASE64_STANDARD.decode(sealed.trim()).map_err(|_| SealError)?;
    let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
    let key = key_encryption_key(encryption_key, instance_id);
    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &*key).map_err(|_| SealError)?);
    let mut body = Zeroizing::new(body.to_vec());
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let length = key.open_in_place(nonce, Aad::empty(), &mut body).map_err(|_| SealError)?.len();
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
        }
    }
}
