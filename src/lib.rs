//! A passkey-only OpenID Connect provider. `ARCHITECTURE.md` has the map.

pub mod crypto;
