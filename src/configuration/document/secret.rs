//! Client secrets, compared by their stored form.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::shape::{Field, ValueShape};
use crate::{
    crypto::{BcryptHash, Digest, Secret, SecretHash},
    model::{
        Timestamp,
        text::{TextError, bounded},
    },
};

/// The stored form of a client secret.
pub const STORED_SECRET: &[Field] = &[
    Field {
        name: "digest",
        shape: ValueShape::Text(read_secret_hash),
        required: true,
        description: "Its digest, as export-config writes it.",
    },
    Field {
        name: "prefix",
        shape: ValueShape::Text(read_prefix),
        required: true,
        description: "Its first four characters.",
    },
    Field {
        name: "expiresAt",
        shape: ValueShape::Optional(&ValueShape::Text(read_moment)),
        required: false,
        description: "When it stops working.",
    },
];

/// The minimum and maximum length of a chosen secret, in bytes.
const LENGTH: std::ops::RangeInclusive<usize> = 16..=512;

/// Converts a secret to its stored form; refuses one that is unsuitable.
pub fn stored(secret: &Secret) -> Result<Value, String> {
    let secret = secret.expose();
    if !LENGTH.contains(&secret.len()) || !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        let (min, max) = (LENGTH.start(), LENGTH.end());
        return Err(format!("a secret must have {min} to {max} ASCII characters without spaces"));
    }
    let hash = SecretHash::Sha256(Digest::of(secret));
    Ok(json!({ "digest": secret_hash_text(&hash), "prefix": &secret[..4] }))
}

/// Reads `sha256:` with a digest, or a bcrypt hash.
pub fn read_secret_hash(text: &str) -> Result<String, TextError> {
    match parse_secret_hash(text) {
        Some(hash) => Ok(secret_hash_text(&hash)),
        None => Err(TextError::format("must be a digest as export-config writes it")),
    }
}

/// Parses the stored form of a secret.
pub fn parse_secret_hash(text: &str) -> Option<SecretHash> {
    match text.strip_prefix("sha256:") {
        Some(digest) => {
            let bytes = BASE64_URL_SAFE_NO_PAD.decode(digest).ok()?;
            Digest::from_slice(&bytes).map(SecretHash::Sha256)
        }
        None => BcryptHash::parse(text).map(SecretHash::Bcrypt),
    }
}

/// Formats the stored form of a secret.
pub fn secret_hash_text(hash: &SecretHash) -> String {
    match hash {
        SecretHash::Sha256(digest) => format!("sha256:{}", digest.base64url()),
        SecretHash::Bcrypt(hash) => hash.as_str().to_owned(),
    }
}

pub fn read_prefix(text: &str) -> Result<String, TextError> {
    bounded(text, 0, 4)
}

pub fn read_moment(text: &str) -> Result<String, TextError> {
    let moment = text.parse::<Timestamp>();
    let moment =
        moment.map_err(|_| TextError::format("must be a time such as 2030-01-31T00:00:00Z"))?;
    Ok(moment.to_string())
}
