//! Why a client cannot keep to its security profile.

use crate::{crypto::Algorithm, model::redirect_uri::RedirectUriPattern};

/// Why a client cannot keep to its security profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityProfileFault {
    /// Its ID tokens or UserInfo responses are signed with an algorithm that the profile forbids.
    Algorithm(Algorithm),
    /// A callback URL is neither https nor a loopback address, or has a wildcard.
    Callback(RedirectUriPattern),
    /// It is public, and so cannot prove who it is.
    Public,
}
