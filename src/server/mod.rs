//! The only place that knows hyper: `pocketid serve`.

pub mod account;
mod app;
mod app_config;
pub mod assets;
mod avatar;
mod backchannel_logout;
mod browse;
mod clean_up;
mod client_auth;
mod client_metadata;
mod connections;
mod content_security_policy;
mod cors;
mod dispatch;
mod earlier;
mod edge;
pub mod encryption_key;
mod failure;
mod health;
mod http;
mod images;
mod isolation;
mod issuer_keys;
mod keys;
mod limiter;
mod limits;
mod listen;
pub mod messages;
pub mod networks;
mod oidc;
mod one_time_access;
mod onward;
mod outside;
pub mod pages;
mod passkey;
mod pending;
mod probe;
mod proxy_warning;
mod refusal;
mod request_log;
mod route;
mod same_site;
mod scheduled_backup;
mod setup;
mod setup_code;
mod sign_out;
mod signing_in;
mod signup;
mod speculative;
mod turns;
mod watch;

pub use app::{App, StartError};
pub use app_config::{app_config, open_setting, sealed_setting};
pub use clean_up::clean_up;
pub use earlier::Trace;
pub use encryption_key::{
    KeyFault, KeyOrigin, Rotated, count_sealed_shut, refuse_unless_lost,
    replace_lost_encryption_key, rotate_encryption_key, unlock,
};
pub use keys::{KeyStore, KeysError, Rotation, make_missing_keys, rotate};
pub use listen::{Shutdown, serve};
pub use oidc::{ClaimsPreview, preview_claims};
pub use outside::{ProxySeen, Seen, Unseen, look_from_outside};
pub use probe::{ProbeError, probe};
pub use scheduled_backup::check_target;
pub use setup_code::{SetupCode, is_asked, note_first_start};
