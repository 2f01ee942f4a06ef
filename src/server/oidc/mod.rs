//! The protocol endpoints, one file each.

mod api_access;
pub(super) mod authorize;
pub(super) mod device;
pub(super) mod discovery;
pub(super) mod end_session;
mod front_channel;
pub(super) mod group_access;
mod id_token_hint;
pub(super) mod interactions;
pub(super) mod introspect;
pub(super) mod par;
mod presented_token;
mod preview;
pub(super) mod revoke;
pub(super) mod token;
mod user_claims;
pub(super) mod userinfo;

pub use preview::{ClaimsPreview, preview_claims};
