//! The protocol and the API over HTTP.

mod accounts;
mod authorization_endpoint;
mod backchannel_logout;
mod ceremonies;
mod claims_parameter;
mod client_credentials;
mod client_metadata;
mod hints;
mod http;
mod keys;
mod log;
mod rfc7009;
mod rfc7523;
mod rfc7662;
mod rfc8628;
mod rfc9101;
mod rfc9126;
mod rp_initiated_logout;
mod sign_in;
mod token_endpoint;
mod tokens;
