//! Requests, responses and what lies between them and hyper.

pub mod account;
pub mod api_error;
pub mod body;
pub mod client_ip;
pub mod cookies;
pub mod host;
pub mod listing;
pub mod request;
pub mod response;

pub use api_error::ApiError;
pub use cookies::Cookies;
pub use request::{Authorised, Head, Request};
pub use response::Response;
