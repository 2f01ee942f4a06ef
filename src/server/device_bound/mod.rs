//! Binds sessions to a key of their browser, and renews the cookie that shows it (W3C Device Bound Session
//! Credentials). Both endpoints are called by browsers on their own, never by pages.

mod instructions;
mod proof;
mod refresh;
mod registration;
mod routes;

pub(in crate::server) use routes::routes;
