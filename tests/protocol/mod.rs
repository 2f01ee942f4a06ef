//! The protocol and the API over HTTP.

mod authorization_endpoint;
mod ceremonies;
mod http;
mod log;
mod rfc8628;
mod sign_in;
mod token_endpoint;
mod tokens;
