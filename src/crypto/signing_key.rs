//! Signing keys: generation, PKCS#8, signatures and their public JWK (RFC 7517, RFC 7518).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
        RsaPublicKeyComponents,
    },
};
use rsa::pkcs8::EncodePrivateKey as _;
use serde::Serialize;
use zeroize::Zeroizing;

use super::Rng;

/// A JWS algorithm that we sign with (RFC 7518 §3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: 30 times cheaper than RS256.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every client understands (OIDC Core §15.1).
    Rs256,
}

impl Algorithm {
    /// The registered name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// Reads the registered name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256].into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// A key cannot be generated or read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum KeyError {
    /// The generator failed.
    #[error("generate a signing key")]
    Generate,
    /// The stored bytes are not a key of the stated algorithm.
    #[error("read a signing key: its bytes are not a PKCS#8 key of its algorithm")]
    Malformed,
}

enum KeyPair {
    Ecdsa(Box<EcdsaKeyPair>),
    Rsa(Box<RsaKeyPair>),
}

/// A key pair in memory, parsed once.
pub struct SigningKey {
    kid: String,
    algorithm: Algorithm,
    pair: KeyPair,
    random: SystemRandom,
}

impl SigningKey {
    /// Generates a key in PKCS#8 form. RSA takes about 60 ms: not for an async thread.
    pub fn generate(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, KeyError> {
        match algorithm {
            Algorithm::Es256 => {
                EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                    .map(|document| Zeroizing::new(document.as_ref().to_vec()))
                    .map_err(|_| KeyError::Generate)
            }
            Algorithm::Rs256 => {
                // `ring` cannot generate RSA keys; the `rsa` crate does this and nothing else here.
                let mut rng = rsa::rand_core::UnwrapErr(rsa_rng::System);
                let key =
                    rsa::RsaPrivateKey::new(&mut rng, 2048).map_err(|_| KeyError::Generate)?;
                let document = key.to_pkcs8_der().map_err(|_| KeyError::Generate)?;
                Ok(Zeroizing::new(document.as_bytes().to_vec()))
            }
        }
    }

    /// Parses a key from PKCS#8.
    pub fn from_pkcs8(kid: String, algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Es256 => KeyPair::Ecdsa(Box::new(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random)
                    .map_err(|_| KeyError::Malformed)?,
            )),
            Algorithm::Rs256 => KeyPair::Rsa(Box::new(
                RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Malformed)?,
            )),
        };
        Ok(Self { kid, algorithm, pair, random })
    }

    /// A new key identifier: base64url of 8 random bytes.
    pub fn new_kid(rng: &dyn Rng) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(rng.bytes::<8>())
    }

    /// The `kid` of tokens signed with it.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm it signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs. RS256 costs about 600 microseconds: not for an async thread.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            KeyPair::Ecdsa(pair) => pair
                .sign(&self.random, message)
                .expect("signing with a parsed P-256 key fails only without randomness")
                .as_ref()
                .to_vec(),
            KeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &self.random, message, &mut signature)
                    .expect("the buffer has the length of the modulus");
                signature
            }
        }
    }

    /// The public part (RFC 7517 §4, RFC 7518 §6).
    pub fn public_jwk(&self) -> PublicJwk {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let key = match &self.pair {
            KeyPair::Ecdsa(pair) => {
                // SEC 1 §2.3.3: 0x04, then the two coordinates of 32 bytes.
                let point = pair.public_key().as_ref();
                PublicKey::Ec { crv: "P-256", x: encode(&point[1..33]), y: encode(&point[33..]) }
            }
            KeyPair::Rsa(pair) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                PublicKey::Rsa { n: encode(&public.n), e: encode(&public.e) }
            }
        };
        PublicJwk { kid: self.kid.clone(), alg: self.algorithm.as_str(), r#use: "sig", key }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// One member of the JWK Set.
#[derive(Debug, Clone, Serialize)]
pub struct PublicJwk {
    kid: String,
    alg: &'static str,
    r#use: &'static str,
    #[serde(flatten)]
    key: PublicKey,
}

#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kty")]
enum PublicKey {
    #[serde(rename = "EC")]
    Ec { crv: &'static str, x: String, y: String },
    #[serde(rename = "RSA")]
    Rsa { n: String, e: String },
}

/// The operating system's randomness in the shape that the `rsa` crate wants.
mod rsa_rng {
    use rsa::rand_core::{TryCryptoRng, TryRng};

    use crate::crypto::{Rng as _, SystemRng};

    pub(super) struct System;

    impl TryRng for System {
        type Error = std::convert::Infallible;

        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            let mut bytes = [0; 4];
            SystemRng::new().fill(&mut bytes);
            Ok(u32::from_ne_bytes(bytes))
        }

        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            let mut bytes = [0; 8];
            SystemRng::new().fill(&mut bytes);
            Ok(u64::from_ne_bytes(bytes))
        }

        fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Self::Error> {
            SystemRng::new().fill(buffer);
            Ok(())
        }
    }

    impl TryCryptoRng for System {}
}

#[cfg(test)]
mod tests {
    use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    fn key(algorithm: Algorithm) -> SigningKey {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        SigningKey::from_pkcs8("kid".into(), algorithm, &pkcs8).unwrap()
    }

    #[test]
    fn an_es256_signature_verifies_with_the_published_key() {
        let key = key(Algorithm::Es256);
        let PublicKey::Ec { x, y, .. } = key.public_jwk().key else { panic!("not an EC key") };
        let decode = |text: String| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        let point = [vec![4], decode(x), decode(y)].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(b"message", &key.sign(b"message"))
            .unwrap();
    }

    #[test]
    fn an_rs256_signature_verifies_with_the_published_key() {
        let key = key(Algorithm::Rs256);
        let PublicKey::Rsa { n, e } = key.public_jwk().key else { panic!("not an RSA key") };
        let decode = |text: String| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        RsaPublicKeyComponents { n: decode(n), e: decode(e) }
            .verify(&RSA_PKCS1_2048_8192_SHA256, b"message", &key.sign(b"message"))
            .unwrap();
    }

    #[test]
    fn a_key_of_another_algorithm_is_refused() {
        let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
        assert!(SigningKey::from_pkcs8("kid".into(), Algorithm::Rs256, &pkcs8).is_err());
    }
}
