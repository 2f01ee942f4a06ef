//! The protocol and the API over HTTP.

mod authorization_endpoint;
mod ceremonies;
mod client_metadata;
mod http;
mod keys;
mod log;
mod rfc7009;
mod rfc7662;
mod rfc8628;
mod sign_in;
mod token_endpoint;
mod tokens;
