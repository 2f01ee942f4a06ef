//! The protocol endpoints, one file each.

mod api_access;
mod authorize;
mod binding;
pub(super) mod device;
mod discovery;
mod dpop;
pub(super) mod end_session;
mod front_channel;
pub(super) mod group_access;
mod id_token_hint;
pub(super) mod interactions;
mod introspect;
mod par;
mod presented_token;
mod preview;
mod registration;
mod revoke;
mod routes;
mod signing;
mod token;
mod unlisted;
mod user_claims;
mod userinfo;

pub(super) use presented_token::{find_token_subject, find_token_user};
pub use preview::{ClaimsPreview, PreviewInput, preview_claims};
pub(super) use preview::{TokensPreview, preview_tokens};
pub(super) use routes::routes;
