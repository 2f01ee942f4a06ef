//! The public key of a certificate, as that of a JWK (RFC 7518 §6, RFC 8037 §2).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use x509_parser::{asn1_rs::Oid, public_key, x509::SubjectPublicKeyInfo};

use crate::crypto::public_jwk::PublicKey;

const ED25519: &str = "1.3.101.112";
/// The curves, with the length of a coordinate in bytes.
const CURVES: [(&str, &str, usize); 2] =
    [("1.2.840.10045.3.1.7", "P-256", 32), ("1.3.132.0.34", "P-384", 48)];

/// P-256, P-384 and P-521.
const STRONG_CURVES: [&str; 3] = ["1.2.840.10045.3.1.7", "1.3.132.0.34", "1.3.132.0.35"];

/// Reads a key. `None` when no algorithm here uses it.
pub(super) fn read(info: &SubjectPublicKeyInfo<'_>) -> Option<PublicKey> {
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    match info.parsed().ok()? {
        public_key::PublicKey::RSA(key) => {
            let unsigned = |bytes: &[u8]| {
                let zeroes = bytes.iter().take_while(|byte| **byte == 0).count();
                encode(&bytes[zeroes..])
            };
            Some(PublicKey::Rsa { n: unsigned(key.modulus), e: unsigned(key.exponent) })
        }
        public_key::PublicKey::EC(point) => {
            let curve = Oid::try_from(info.algorithm.parameters.clone()?).ok()?.to_id_string();
            let (_, crv, length) = CURVES.into_iter().find(|(oid, ..)| *oid == curve)?;
            // SEC 1 §2.3.3: an uncompressed point.
            let coordinates = point.data().strip_prefix(&[4])?;
            let (x, y) = coordinates.split_at_checked(length).filter(|(_, y)| y.len() == length)?;
            Some(PublicKey::Ec { crv: crv.to_owned(), x: encode(x), y: encode(y) })
        }
        public_key::PublicKey::Unknown(bytes)
            if info.algorithm.algorithm.to_id_string() == ED25519 =>
        {
            Some(PublicKey::Okp { crv: "Ed25519".to_owned(), x: encode(bytes) })
        }
        _ => None,
    }
}

/// Whether it is an RSA key of at least 2,048 bits, or one of a curve that is as strong (FAPI 2.0 §5.4.1, RFC
/// 7518 §3.3).
pub(super) fn is_strong(info: &SubjectPublicKeyInfo<'_>) -> bool {
    match info.parsed() {
        Ok(public_key::PublicKey::RSA(key)) => {
            let zeroes = key.modulus.iter().take_while(|byte| **byte == 0).count();
            let bits = (key.modulus.len() - zeroes) * 8;
            let unused = key.modulus.get(zeroes).map_or(0, |first| first.leading_zeros() as usize);
            bits - unused >= 2_048
        }
        Ok(public_key::PublicKey::EC(_)) => {
            let curve = info.algorithm.parameters.clone().map(Oid::try_from);
            curve.is_some_and(|curve| {
                curve.is_ok_and(|curve| STRONG_CURVES.contains(&curve.to_id_string().as_str()))
            })
        }
        Ok(public_key::PublicKey::Unknown(_)) => info.algorithm.algorithm.to_id_string() == ED25519,
        _ => false,
    }
}
