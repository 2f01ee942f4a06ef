//! The endpoints with which users manage their own account.

pub(super) mod authorized_clients;
mod logout;
pub(super) mod me;
mod routes;
mod sessions;

pub(super) use self::routes::routes;
