//! Operations on an installation: one folder per noun, one function per verb.
//!
//! Every door (terminal, REST API, configuration file, import, sign-up) parses its input, names the
//! actor, calls the operation, and words the outcome. The operation validates, changes, revokes
//! affected sessions and tokens, and writes the audit entry, all in the caller's transaction. It
//! does no other I/O.

mod act;
pub mod api_keys;
pub mod apis;
pub mod app_config;
pub mod asserted_subjects;
mod change;
pub mod client_registrations;
pub mod client_requests;
pub mod clients;
pub mod custom_claims;
mod expiring_secrets;
mod from_directory;
pub mod grants;
pub mod groups;
pub mod images;
pub mod notices;
pub mod one_time_access;
pub mod passkeys;
mod people_only;
mod postbox;
pub mod protected_hosts;
mod provisioning;
mod refusal;
pub mod registration_tokens;
pub mod scim_accounts;
pub mod scim_providers;
pub mod scim_tokens;
pub mod services;
pub mod sessions;
pub mod signing_keys;
pub mod signup_tokens;
pub mod ssh;
pub mod users;
pub mod webhooks;

pub use act::{Act, By};
pub use change::Change;
pub use expiring_secrets::note_expiring_secrets;
pub use postbox::Postbox;
pub use refusal::{Noun, Refusal};
