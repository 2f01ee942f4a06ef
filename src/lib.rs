//! A passkey-only OpenID Connect provider. `ARCHITECTURE.md` has the map.

pub mod backup;
pub mod cli;
pub mod configuration;
pub mod crypto;
pub mod directory;
pub mod doctor;
pub mod encryption_key;
pub mod forward_auth;
pub mod geography;
pub mod model;
pub mod oidc;
pub mod operations;
pub mod outbound;
pub mod pocket_id;
pub mod provisioning;
pub mod recipe;
pub mod scim;
pub mod server;
pub mod settings;
pub mod ssh;
pub mod store;
pub mod webhooks;
