//! The key of a file, and the keys that are derived from it.

use ring::{
    aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Okm, Salt},
    hmac::{self, HMAC_SHA256},
};
use zeroize::Zeroizing;

/// The 16 bytes from which every other key of a file is derived.
pub(super) type FileKey = Zeroizing<[u8; 16]>;

/// The key that encrypts the content.
pub(super) fn payload_key(file_key: &FileKey, nonce: &[u8; 16]) -> LessSafeKey {
    let key: UnboundKey = derive(file_key, nonce, b"payload", &CHACHA20_POLY1305);
    LessSafeKey::new(key)
}

/// The key of the MAC of the header.
pub(super) fn mac_key(file_key: &FileKey) -> hmac::Key {
    derive(file_key, &[], b"header", HMAC_SHA256)
}

fn derive<L: KeyType, K>(file_key: &FileKey, salt: &[u8], info: &[u8], kind: L) -> K
where
    K: for<'a> From<Okm<'a, L>>,
{
    let pseudo_random_key = Salt::new(HKDF_SHA256, salt).extract(file_key.as_slice());
    let info = [info];
    pseudo_random_key.expand(&info, kind).expect("32 bytes are within HKDF's limit").into()
}
