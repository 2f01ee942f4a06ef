//! Verification of signatures, ours and those of clients.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};

use super::{
    Algorithm,
    public_jwk::{JwkSet, PublicJwk, PublicKey},
};

/// A public key and the one algorithm that it is used with. The algorithm in the header of a token
/// only selects among keys. It never changes the algorithm of a key (RFC 8725 §3.1).
#[derive(Debug, Clone)]
pub struct VerifyingKey {
    algorithm: Algorithm,
    key: Key,
}

#[derive(Debug, Clone)]
enum Key {
    Point(Vec<u8>),
    Rsa { n: Vec<u8>, e: Vec<u8> },
}

impl VerifyingKey {
    /// Reads a key for an algorithm; `None` when it is a key of another algorithm or another use.
    pub fn from_jwk(jwk: &PublicJwk, algorithm: Algorithm) -> Option<Self> {
        let is_meant = jwk.alg.as_deref().is_none_or(|alg| alg == algorithm.as_str())
            && jwk.r#use.as_deref().is_none_or(|purpose| purpose == "sig");
        let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let key = match (&jwk.key, algorithm) {
            (PublicKey::Rsa { n, e }, _) if algorithm.is_rsa() => {
                Key::Rsa { n: decode(n)?, e: decode(e)? }
            }
            (PublicKey::Ec { crv, x, y }, Algorithm::Es256) if crv == "P-256" => {
                Key::Point(uncompressed(&decode(x)?, &decode(y)?, 32)?)
            }
            (PublicKey::Ec { crv, x, y }, Algorithm::Es384) if crv == "P-384" => {
                Key::Point(uncompressed(&decode(x)?, &decode(y)?, 48)?)
            }
            (PublicKey::Okp { crv, x }, Algorithm::EdDsa) if crv == "Ed25519" => {
                Key::Point(decode(x)?)
            }
            _ => return None,
        };
        is_meant.then_some(Self { algorithm, key })
    }

    /// The algorithm of the key.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether the signature is valid.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let result = match (&self.key, self.algorithm) {
            (Key::Rsa { n, e }, algorithm) => {
                let parameters = match algorithm {
                    Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
                    Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
                    Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
                    _ => &RSA_PKCS1_2048_8192_SHA256,
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            (Key::Point(point), algorithm) => {
                let curve: &dyn VerificationAlgorithm = match algorithm {
                    Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
                    Algorithm::EdDsa => &ED25519,
                    _ => &ECDSA_P256_SHA256_FIXED,
                };
                UnparsedPublicKey::new(curve, point).verify(message, signature)
            }
        };
        result.is_ok()
    }
}

impl JwkSet {
    /// The keys for an algorithm that may have this key identifier.
    pub fn for_signature(&self, algorithm: Algorithm, kid: Option<&str>) -> Vec<VerifyingKey> {
        let may_be_meant =
            |key: &&PublicJwk| kid.is_none() || key.kid.is_none() || key.kid.as_deref() == kid;
        let meant = self.keys.iter().filter(may_be_meant);
        meant.filter_map(|key| VerifyingKey::from_jwk(key, algorithm)).collect()
    }
}

/// Encodes an uncompressed point (SEC 1 §2.3.3): 0x04, then the two coordinates.
fn uncompressed(x: &[u8], y: &[u8], length: usize) -> Option<Vec<u8>> {
    (x.len() == length && y.len() == length).then(|| [&[4], x, y].concat())
}
