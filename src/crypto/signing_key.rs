//! Signing keys: generation, PKCS#8, signatures and public JWKs (RFC 7517, RFC 7518).

use std::fmt;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
        RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
    },
};
use rsa::pkcs8::EncodePrivateKey as _;
use zeroize::Zeroizing;

use super::{
    Algorithm, Rng, VerifyingKey,
    public_jwk::{PublicJwk, PublicKey},
};

/// Why a key cannot be generated or read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
pub enum KeyError {
    /// The generator failed.
    #[error("cannot generate a signing key")]
    Generate,
    /// The stored bytes are not a key of the given algorithm.
    #[error("cannot read a signing key: its bytes are not a PKCS#8 key of its algorithm")]
    Malformed,
}

enum KeyPair {
    Ecdsa(Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
    Rsa(Box<RsaKeyPair>, &'static dyn RsaEncoding),
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
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => {
                EcdsaKeyPair::generate_pkcs8(curve(algorithm), &random)
            }
            Algorithm::EdDsa => Ed25519KeyPair::generate_pkcs8(&random),
            _ => return generate_rsa(),
        };
        let document = document.map_err(|_| KeyError::Generate)?;
        Ok(Zeroizing::new(document.as_ref().to_vec()))
    }

    /// Parses a key from PKCS#8.
    pub fn from_pkcs8(kid: String, algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = match algorithm {
            Algorithm::Es256 | Algorithm::Es384 => {
                EcdsaKeyPair::from_pkcs8(curve(algorithm), pkcs8, &random)
                    .map(|pair| KeyPair::Ecdsa(Box::new(pair)))
            }
            Algorithm::EdDsa => {
                Ed25519KeyPair::from_pkcs8(pkcs8).map(|pair| KeyPair::Ed25519(Box::new(pair)))
            }
            _ => RsaKeyPair::from_pkcs8(pkcs8)
                .map(|pair| KeyPair::Rsa(Box::new(pair), encoding(algorithm))),
        };
        let pair = pair.map_err(|_| KeyError::Malformed)?;
        Ok(Self { kid, algorithm, pair, random })
    }

    /// A new key identifier: base64url of 8 random bytes.
    pub fn new_kid(rng: &dyn Rng) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(rng.bytes::<8>())
    }

    /// The `kid` of tokens signed with this key.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Its signing algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Signs a message. RSA takes about 600 microseconds: not for an async thread.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            KeyPair::Ecdsa(pair) => pair
                .sign(&self.random, message)
                .expect("signing with a parsed key fails only without randomness")
                .as_ref()
                .to_vec(),
            KeyPair::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            KeyPair::Rsa(pair, encoding) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(*encoding, &self.random, message, &mut signature)
                    .expect("the buffer has the length of the modulus");
                signature
            }
        }
    }

    /// The public key, to publish.
    pub fn public_jwk(&self) -> PublicJwk {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        let key = match &self.pair {
            KeyPair::Ecdsa(pair) => {
                // SEC 1 §2.3.3: 0x04, then the two coordinates.
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                let crv = if self.algorithm == Algorithm::Es384 { "P-384" } else { "P-256" };
                PublicKey::Ec { crv: crv.to_owned(), x: encode(x), y: encode(y) }
            }
            KeyPair::Ed25519(pair) => {
                PublicKey::Okp { crv: "Ed25519".to_owned(), x: encode(pair.public_key().as_ref()) }
            }
            KeyPair::Rsa(pair, _) => {
                let public = RsaPublicKeyComponents::<Vec<u8>>::from(pair.public());
                PublicKey::Rsa { n: encode(&public.n), e: encode(&public.e) }
            }
        };
        PublicJwk::for_signatures(&self.kid, self.algorithm, key)
    }

    /// The public key, to verify signatures.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::from_jwk(&self.public_jwk(), self.algorithm)
            .expect("a key is of its own algorithm")
    }
}

fn curve(algorithm: Algorithm) -> &'static EcdsaSigningAlgorithm {
    match algorithm {
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        _ => &ECDSA_P256_SHA256_FIXED_SIGNING,
    }
}

fn encoding(algorithm: Algorithm) -> &'static dyn RsaEncoding {
    match algorithm {
        Algorithm::Rs384 => &RSA_PKCS1_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_SHA512,
        Algorithm::Ps256 => &RSA_PSS_SHA256,
        _ => &RSA_PKCS1_SHA256,
    }
}

/// Generates an RSA key with the `rsa` crate, because `ring` cannot.
fn generate_rsa() -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut rng = rsa::rand_core::UnwrapErr(rsa_rng::System);
    let key = rsa::RsaPrivateKey::new(&mut rng, 2048).map_err(|_| KeyError::Generate)?;
    let document = key.to_pkcs8_der().map_err(|_| KeyError::Generate)?;
    Ok(Zeroizing::new(document.as_bytes().to_vec()))
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

/// The operating system's randomness, behind the traits that the `rsa` crate requires.
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
    use super::*;

    fn key(algorithm: Algorithm) -> SigningKey {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        SigningKey::from_pkcs8("kid".into(), algorithm, &pkcs8).unwrap()
    }

    #[test]
    fn every_signature_verifies_with_the_published_key_and_no_other_message_does() {
        for algorithm in Algorithm::ALL {
            let key = key(algorithm);
            let json = serde_json::to_string(&key.public_jwk()).unwrap();
            let jwk = serde_json::from_str(&json).unwrap();
            let verifying = VerifyingKey::from_jwk(&jwk, algorithm).unwrap();
            let signature = key.sign(b"message");
            assert!(verifying.verify(b"message", &signature), "{algorithm:?}");
            assert!(!verifying.verify(b"massage", &signature), "{algorithm:?}");
            assert!(!verifying.verify(b"message", b""), "{algorithm:?}");
        }
    }

    /// RFC 8725 §3.1: a key is used only with its own algorithm.
    #[test]
    fn a_key_is_refused_for_another_algorithm() {
        let jwk = key(Algorithm::Rs256).public_jwk();
        for algorithm in Algorithm::ALL.into_iter().filter(|other| *other != Algorithm::Rs256) {
            assert!(VerifyingKey::from_jwk(&jwk, algorithm).is_none(), "{algorithm:?}");
        }
        let encryption = PublicJwk { r#use: Some("enc".into()), ..jwk };
        assert!(VerifyingKey::from_jwk(&encryption, Algorithm::Rs256).is_none());
        let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
        assert!(SigningKey::from_pkcs8("kid".into(), Algorithm::Rs256, &pkcs8).is_err());
    }
}
