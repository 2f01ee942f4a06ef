//! The protocol and the API over HTTP.

mod authorization_endpoint;
mod ceremonies;
mod hints;
mod http;
mod keys;
mod log;
mod rfc7009;
mod rfc7662;
mod rfc9101;
mod rfc9126;
mod sign_in;
mod token_endpoint;
mod tokens;
