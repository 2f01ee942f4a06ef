//! The protocol and the API over HTTP.

mod authorization_endpoint;
mod sign_in;
mod token_endpoint;
