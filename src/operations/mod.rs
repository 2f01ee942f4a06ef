//! What people can do with an installation: a folder per noun, a function per verb.
//!
//! Every door (terminal, REST API, configuration file, import, sign-up) parses its input, says who acts, calls
//! the verb, and words the outcome. The verb checks, changes, ends what has to end, and writes the audit entry,
//! in the transaction of its caller. It does no I/O but that transaction's.

mod act;
pub mod api_keys;
pub mod apis;
pub mod app_config;
mod change;
pub mod clients;
pub mod custom_claims;
pub mod grants;
pub mod groups;
pub mod images;
pub mod one_time_access;
pub mod passkeys;
mod refusal;
pub mod sessions;
pub mod signing_keys;
pub mod signup_tokens;
pub mod users;

pub use act::{Act, By};
pub use change::Change;
pub use refusal::{Noun, Refusal};
