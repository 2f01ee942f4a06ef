//! The header: the file key, encrypted under a key that scrypt derives from the passphrase.

use std::io::{BufRead, Read as _};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use zeroize::Zeroizing;

use super::{
    error::{AgeError, MAX_WORK_FACTOR},
    file_key::{FileKey, mac_key},
    introduction::{ARMOR, INTRODUCTION},
};
use crate::crypto::{Rng, Secret};

/// Work factor of the files that we write: 2^15, with 32 MiB of memory, so that a small server can
/// make backups.
pub(super) const WORK_FACTOR: u8 = 15;
/// Longest header line that we read, in bytes.
const MAX_LINE: u64 = 256;
const SALT_LABEL: &[u8] = b"age-encryption.org/v1/scrypt";
const MAC_MARK: &str = "---";

/// Returns the header of a new file.
pub(super) fn write(passphrase: &Secret, file_key: &FileKey, rng: &dyn Rng) -> Vec<u8> {
    let salt = rng.bytes::<16>();
    let mut body = file_key.to_vec();
    wrapping_key(passphrase, &salt, WORK_FACTOR)
        .seal_in_place_append_tag(zero_nonce(), Aad::empty(), &mut body)
        .expect("sixteen bytes are not too long");
    with_mac(
        &format!(
            "-> scrypt {} {WORK_FACTOR}\n{}\n",
            BASE64_STANDARD_NO_PAD.encode(salt),
            BASE64_STANDARD_NO_PAD.encode(body)
        ),
        file_key,
    )
}

/// Puts the introduction before the stanzas and the MAC after them.
pub(super) fn with_mac(stanzas: &str, file_key: &FileKey) -> Vec<u8> {
    let header = [INTRODUCTION, stanzas.as_bytes(), MAC_MARK.as_bytes()].concat();
    let mac = BASE64_STANDARD_NO_PAD.encode(hmac::sign(&mac_key(file_key), &header));
    [&header, b" ".as_slice(), mac.as_bytes(), b"\n"].concat()
}

/// Reads the header and decrypts the file key in it.
pub(super) fn read(reader: &mut impl BufRead, passphrase: &Secret) -> Result<FileKey, AgeError> {
    let introduction = line(reader)?;
    if introduction.as_bytes().starts_with(ARMOR) {
        return Err(AgeError::Armored);
    }
    if introduction.as_bytes() != INTRODUCTION.trim_ascii_end() {
        return Err(AgeError::Malformed("it has an unknown version of the age format"));
    }
    let stanza = line(reader)?;
    let arguments: Vec<_> = stanza.split(' ').collect();
    let (salt, factor) = match arguments[..] {
        ["->", "scrypt", salt, factor] => (salt, factor),
        ["->", "scrypt", ..] => return Err(AgeError::Malformed("its header is malformed")),
        ["->", ..] => return Err(AgeError::NotAPassphrase),
        _ => return Err(AgeError::Malformed("its header is malformed")),
    };
    let body = line(reader)?;
    let mac = line(reader)?;
    // The format allows no other recipient beside a passphrase.
    let mac_text =
        mac.strip_prefix("--- ").ok_or(AgeError::Malformed("its header is malformed"))?;
    let file_key = unwrap(passphrase, &bytes(salt)?, work_factor(factor)?, bytes(&body)?)?;
    let header = [INTRODUCTION, stanza.as_bytes(), b"\n", body.as_bytes(), b"\n", b"---"].concat();
    hmac::verify(&mac_key(&file_key), &header, &bytes::<32>(mac_text)?)
        .map_err(|_| AgeError::Malformed("its header was altered"))?;
    Ok(file_key)
}

/// Reads a decimal number in its one valid form: no sign, no leading zero, no other character.
fn work_factor(text: &str) -> Result<u8, AgeError> {
    let malformed = AgeError::Malformed("its work factor is malformed");
    let is_canonical = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let factor: u8 = if is_canonical && text.len() <= 2 {
        text.parse().map_err(|_| malformed)?
    } else {
        return Err(malformed);
    };
    if factor > MAX_WORK_FACTOR { Err(AgeError::WorkFactor(factor)) } else { Ok(factor) }
}

fn unwrap(
    passphrase: &Secret,
    salt: &[u8; 16],
    work_factor: u8,
    mut body: [u8; 32],
) -> Result<FileKey, AgeError> {
    let key = wrapping_key(passphrase, salt, work_factor);
    let opened = key.open_in_place(zero_nonce(), Aad::empty(), &mut body);
    let opened = opened.map_err(|_| AgeError::WrongPassphrase)?;
    let mut file_key = Zeroizing::new([0; 16]);
    file_key.copy_from_slice(opened);
    Ok(file_key)
}

fn wrapping_key(passphrase: &Secret, salt: &[u8; 16], work_factor: u8) -> LessSafeKey {
    let params = scrypt::Params::new(work_factor, 8, 1).expect("the factor is within bounds");
    let mut key = Zeroizing::new([0; 32]);
    let salt = [SALT_LABEL, salt].concat();
    scrypt::scrypt(passphrase.expose().as_bytes(), &salt, &params, key.as_mut_slice())
        .expect("32 bytes are within scrypt's limit");
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key.as_slice()).expect("32 bytes"))
}

/// A zero nonce is safe: the salt is random, so each wrapping key is used once.
fn zero_nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

/// Decodes exactly `N` bytes of base64; any other length or form is an error.
fn bytes<const N: usize>(text: &str) -> Result<[u8; N], AgeError> {
    let decoded = BASE64_STANDARD_NO_PAD.decode(text).ok();
    decoded
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(AgeError::Malformed("its header is malformed"))
}

/// Reads a line and removes its line break.
fn line(reader: &mut impl BufRead) -> Result<String, AgeError> {
    let mut line = Vec::new();
    reader.take(MAX_LINE).read_until(b'\n', &mut line)?;
    let malformed = AgeError::Malformed("its header is malformed");
    match line.pop() {
        Some(b'\n') => String::from_utf8(line).map_err(|_| malformed),
        _ => Err(malformed),
    }
}
