//! The pages of the settings: of everybody, and of administrators. They read what the lists of the
//! REST API read; their scripts change things by that API.

mod account;
mod api_keys;
mod apis;
mod apps;
mod audit_log;
mod client_requests;
mod clients;
mod configuration;
mod enter;
mod groups;
mod invitations;
mod issuers;
mod live;
mod protected_hosts;
mod registration_tokens;
mod routes;
mod scim_tokens;
mod services;
mod signing_keys;
mod ssh;
mod ssh_users;
mod users;
mod webhooks;
mod words;

pub(super) use self::routes::routes;
