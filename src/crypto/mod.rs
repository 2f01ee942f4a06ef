//! All cryptography: no other module names an algorithm. Imports no other module of this crate.

pub mod age;
pub mod algorithm;
pub mod bearer;
pub mod code_key;
pub mod digest;
pub mod embedded_key;
pub mod jws;
pub mod pocket_id;
pub mod private_jwk;
pub mod public_jwk;
pub mod rng;
pub mod seal;
pub mod secret;
pub mod secret_hash;
pub mod signing_key;
pub mod ssh;
pub mod thumbprint;
pub mod tls;
pub mod verifying_key;
pub mod webhook_secret;

pub use algorithm::Algorithm;
pub use bearer::BearerToken;
pub use code_key::{CodeDigest, CodeKey, CodeKind};
pub use digest::{Digest, Digesting};
pub use embedded_key::{EmbeddedKey, EmbeddedKeyFault};
pub use private_jwk::{PrivateJwk, PrivateJwkError};
pub use public_jwk::{JwkSet, PublicJwk};
pub use rng::{Rng, SystemRng};
pub use seal::{MasterKey, SealError, SealedPlace};
pub use secret::Secret;
pub use secret_hash::{BcryptHash, SecretHash};
pub use signing_key::{KeyError, SigningKey};
pub use thumbprint::{NotAThumbprint, Thumbprint};
pub use verifying_key::VerifyingKey;
pub use webhook_secret::WebhookSecret;
