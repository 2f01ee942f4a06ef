//! Encryption with a passphrase in the age format (<https://age-encryption.org/v1>), so that a
//! backup can be opened without this program.
//!
//! Only the recipient type `scrypt` is supported. Files are read and written as streams.

mod error;
mod file_key;
mod header;
mod introduction;
mod stream;

use std::io::{self, BufRead, Write};

use zeroize::Zeroizing;

pub use error::AgeError;
pub use introduction::{INTRODUCTION, begins_as_age};
pub use stream::{Decrypting, Encrypting};

use super::{Rng, Secret};
use file_key::payload_key;

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

#[cfg(test)]
mod tests;
