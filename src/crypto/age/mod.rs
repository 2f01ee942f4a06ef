//! Encryption with a passphrase in the age format (<https://age-encryption.org/v1>), so that a
//! backup can be opened without this program.
//!
//! Only the recipient type `scrypt` is supported. Files are read and written as streams.

mod header;
mod stream;

use std::io::{self, BufRead, Write};

use ring::{
    aead::{CHACHA20_POLY1305, LessSafeKey, UnboundKey},
    hkdf::{HKDF_SHA256, KeyType, Okm, Salt},
    hmac::{self, HMAC_SHA256},
};
use zeroize::Zeroizing;

pub use stream::{Decrypting, Encrypting};

use super::{Rng, Secret};

/// First line of every age file.
pub const INTRODUCTION: &[u8] = b"age-encryption.org/v1\n";
/// First line of an age file in the ASCII-armored form.
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// Why a file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum AgeError {
    /// The file is ASCII-armored.
    #[error("it is armored as text")]
    Armored,
    /// The file violates the format.
    #[error("{0}")]
    Malformed(&'static str),
    /// The file was encrypted to a public key.
    #[error("it is encrypted to a key, and not with a passphrase")]
    NotAPassphrase,
    /// Reading failed.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Deriving the key would take too much memory.
    #[error("its work factor, 2^{0}, is higher than 2^{MAX_WORK_FACTOR}", MAX_WORK_FACTOR = header::MAX_WORK_FACTOR)]
    WorkFactor(u8),
    /// The file was encrypted with another passphrase.
    #[error("it was encrypted with another passphrase")]
    WrongPassphrase,
}

/// The 16 bytes from which every other key of a file is derived.
type FileKey = Zeroizing<[u8; 16]>;

/// Whether these first bytes of a file are the start of an age file.
pub fn begins_as_age(start: &[u8]) -> bool {
    start.starts_with(INTRODUCTION.trim_ascii_end()) || start.starts_with(ARMOR)
}

/// Starts a new file: all bytes written to the result are encrypted with the passphrase.
pub fn encrypt<W: Write>(
    mut sink: W,
    passphrase: &Secret,
    rng: &dyn Rng,
) -> io::Result<Encrypting<W>> {
    let file_key = Zeroizing::new(rng.bytes());
    sink.write_all(&header::write(passphrase, &file_key, rng))?;
    let nonce = rng.bytes::<16>();
    sink.write_all(&nonce)?;
    Ok(Encrypting::new(sink, payload_key(&file_key, &nonce)))
}

/// Opens a file. The result yields the plaintext, or an error if the file was altered.
pub fn decrypt<R: BufRead>(mut reader: R, passphrase: &Secret) -> Result<Decrypting<R>, AgeError> {
    let file_key = header::read(&mut reader, passphrase)?;
    let mut nonce = [0; 16];
    reader.read_exact(&mut nonce).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => AgeError::Malformed("it ends too early"),
        _ => AgeError::Read(error),
    })?;
    Ok(Decrypting::new(reader, payload_key(&file_key, &nonce)))
}

fn payload_key(file_key: &FileKey, nonce: &[u8; 16]) -> LessSafeKey {
    let key: UnboundKey = derive(file_key, nonce, b"payload", &CHACHA20_POLY1305);
    LessSafeKey::new(key)
}

fn mac_key(file_key: &FileKey) -> hmac::Key {
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

#[cfg(test)]
mod tests;
