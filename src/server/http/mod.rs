//! Requests, responses, and the layer between them and hyper.

pub mod account;
pub(super) mod acting;
pub mod api_error;
mod api_key_header;
pub mod body;
pub mod client_ip;
pub(super) mod compression;
pub mod cookies;
pub mod duration;
pub(super) mod flag;
mod head;
pub mod host;
mod json_body;
pub mod list_query;
mod operation_refusal;
mod pieces;
pub mod request;
pub mod response;
mod scim_error;
pub mod upload;

pub use api_error::ApiError;
pub use cookies::Cookies;
pub use head::{BadCookie, Head};
pub use pieces::Pieces;
pub use request::{Authorised, Request};
pub use response::Response;
pub use scim_error::ScimError;
