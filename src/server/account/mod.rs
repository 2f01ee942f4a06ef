//! The endpoints with which users manage their own account.

pub(super) mod authorized_clients;
pub(super) mod fresh_passkey;
mod logout;
pub(super) mod me;
mod routes;
mod sessions;
pub(super) mod ssh_access;
pub(super) mod trusted_servers;

pub(super) use self::routes::routes;
