//! The only place that names an algorithm. Imports nothing else of ours.

pub mod bearer;
pub mod digest;
pub mod jws;
pub mod rng;
pub mod seal;
pub mod secret;
pub mod signing_key;
pub mod tls;

pub use bearer::BearerToken;
pub use digest::Digest;
pub use rng::{Rng, SystemRng};
pub use seal::{MasterKey, SealError};
pub use secret::Secret;
pub use signing_key::{Algorithm, KeyError, SigningKey};
