//! What people do with their own account.

pub(super) mod api_keys;
pub(super) mod logout;
pub(super) mod me;
pub(super) mod sessions;
