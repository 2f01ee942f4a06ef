//! `/scim/v2`: other programs manage accounts and groups here (RFC 7643, RFC 7644).

mod answer;
mod body;
mod caller;
mod discovery;
mod groups;
mod list;
mod page;
mod routes;
mod search;
mod unsupported;
mod users;

pub(super) use routes::routes;
