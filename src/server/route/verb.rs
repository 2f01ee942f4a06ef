//! The methods of endpoints.

use hyper::Method;

/// A method of endpoints. `HEAD` is handled as `GET`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Verb {
    Delete,
    Get,
    Patch,
    Post,
    Put,
}

impl Verb {
    /// The number of methods.
    pub(super) const COUNT: usize = 5;

    /// The name of the method.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }

    pub(super) fn of(method: &Method) -> Option<Self> {
        match *method {
            Method::DELETE => Some(Self::Delete),
            Method::GET | Method::HEAD => Some(Self::Get),
            Method::PATCH => Some(Self::Patch),
            Method::POST => Some(Self::Post),
            Method::PUT => Some(Self::Put),
            _ => None,
        }
    }
}
