//! Rules of the protocol: pure functions and types. `now` is an argument; there is no I/O.

pub mod access_token_claims;
pub mod access_token_id;
pub mod authorization_request;
pub mod claims;
pub mod claims_request;
pub mod client_assertion;
pub mod client_metadata;
pub mod client_scope;
pub mod code_exchange;
pub mod custom_claims;
pub mod device;
pub mod dpop;
pub mod error;
pub mod id_token_hint;
pub mod interaction;
pub mod introspection;
pub mod jarm;
pub mod logout_request;
pub mod logout_token_claims;
pub mod metadata;
pub mod params;
pub mod pushed_request;
pub mod refresh;
pub mod registration;
pub mod reply_to;
pub mod request_object;
pub mod resource;
pub mod web_finger;

pub use access_token_claims::{AccessTokenClaims, ClientToken};
pub use access_token_id::AccessTokenId;
pub use authorization_request::AuthorizationRequest;
pub use error::{OAuthError, OAuthErrorCode};
pub use id_token_hint::IdTokenHint;
pub use logout_token_claims::LogoutTokenClaims;
pub use params::Params;
pub use reply_to::{ReplyTo, ReplyToError, ResponseMode};
