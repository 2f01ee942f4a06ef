//! The only place that knows hyper: `pocketid serve`.

pub mod account;
mod app;
pub mod assets;
mod backchannel_logout;
mod browse;
mod clean_up;
mod client_auth;
mod connection_activity;
mod dispatch;
mod edge;
mod encryption_key;
mod failure;
mod health;
mod http;
mod keys;
mod limiter;
mod limits;
mod listen;
pub mod messages;
mod oidc;
mod one_time_access;
pub mod pages;
mod passkey;
mod probe;
mod profile_picture;
mod refusal;
mod route;
mod setup;
mod sign_out;
mod signing_in;

pub use app::{App, StartError};
pub use clean_up::clean_up;
pub use encryption_key::{KeyFault, unlock};
pub use keys::{KeyStore, KeysError, Rotation, rotate};
pub use listen::{Shutdown, serve};
pub use probe::{ProbeError, probe};
