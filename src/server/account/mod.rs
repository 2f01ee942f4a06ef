//! What people do with their own account.

pub(super) mod api_keys;
pub(super) mod authorized_clients;
pub(super) mod fresh_passkey;
pub(super) mod logout;
pub(super) mod me;
pub(super) mod sessions;
