//! Errors of a request outside its handler, in the format that the caller reads.

use hyper::{StatusCode, header::RETRY_AFTER};

use super::{
    App,
    audience::Audience,
    failure::{AnsweredCaller, PageError, answer},
    http::{ApiError, Response, ScimError},
    pages::PageProblem,
};
use crate::oidc::{OAuthError, OAuthErrorCode};

/// Why a request has no answer from its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RequestRefusal {
    /// The handler panicked.
    Panicked,
    /// The request carried one of our cookies twice. One was set by someone else, and they look
    /// alike.
    RepeatedCookie,
    /// The handler took too long.
    TimedOut,
    /// As [`Self::TooMany`], for callers that take any status of 400 to 499 as final.
    TooBusy(u64),
    /// The handler did not run: there were too many requests. Holds the seconds until the next one
    /// is let through.
    TooMany(u64),
}

impl RequestRefusal {
    /// The answer.
    pub(super) fn into_response(
        self,
        audience: Audience,
        app: &App,
        caller: &AnsweredCaller,
    ) -> Response {
        let response = match audience {
            Audience::Application => Response::oauth_error(&self.oauth_error()),
            Audience::Person => answer::<PageError>(Err(self.page_error()), app, caller),
            Audience::Scim => answer::<ScimError>(Err(self.scim_error()), app, caller),
            Audience::Script => answer::<ApiError>(Err(self.api_error()), app, caller),
        };
        let response = response.status(self.status());
        match self {
            Self::TooBusy(seconds) | Self::TooMany(seconds) => {
                response.header(RETRY_AFTER, &seconds.to_string())
            }
            _ => response,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
            Self::RepeatedCookie => StatusCode::BAD_REQUEST,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::TooBusy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        }
    }

    /// The cause, for the log.
    fn detail(self) -> &'static str {
        match self {
            Self::Panicked => "the handler panicked",
            Self::RepeatedCookie => "one of our cookies was sent twice",
            Self::TimedOut => "the handler took too long",
            Self::TooBusy(_) | Self::TooMany(_) => "too many requests from one address",
        }
    }

    /// RFC 6749 §5.2 has no code for these errors. Clients know those of §4.1.2.1.
    fn oauth_error(self) -> OAuthError {
        let (code, description) = match self {
            Self::Panicked => return OAuthError::new(OAuthErrorCode::ServerError, self.detail()),
            Self::RepeatedCookie => {
                return OAuthError::invalid_request("The request contains the same cookie twice.");
            }
            Self::TooBusy(seconds) | Self::TooMany(seconds) => {
                return OAuthError::too_many(seconds, self.detail());
            }
            Self::TimedOut => (
                OAuthErrorCode::TemporarilyUnavailable,
                "The server did not finish in time. Try again in a moment.",
            ),
        };
        OAuthError { detail: self.detail().into(), ..OAuthError::explained(code, description) }
    }

    fn page_error(self) -> PageError {
        let problem = match self {
            Self::Panicked => PageProblem::Internal,
            Self::RepeatedCookie => PageProblem::RepeatedCookie,
            Self::TimedOut => PageProblem::TimedOut,
            Self::TooBusy(_) => PageProblem::Unavailable,
            Self::TooMany(_) => PageProblem::TooManyRequests,
        };
        let error = PageError::from(problem).because(self.detail());
        match self {
            Self::TooBusy(seconds) | Self::TooMany(seconds) => error.retry_after(seconds),
            Self::Panicked | Self::RepeatedCookie | Self::TimedOut => error,
        }
    }

    fn scim_error(self) -> ScimError {
        match self {
            Self::TooBusy(seconds) | Self::TooMany(seconds) => ScimError::rate_limited(seconds),
            Self::Panicked | Self::RepeatedCookie | Self::TimedOut => {
                ScimError::new(self.status(), "The request was not completed.")
                    .because(self.detail())
            }
        }
    }

    fn api_error(self) -> ApiError {
        match self {
            Self::Panicked => ApiError::internal(self.detail()),
            Self::RepeatedCookie => {
                let message = "Your browser sent one of our cookies twice. Reload the page";
                ApiError::new(self.status(), "repeated_cookie", message).because(self.detail())
            }
            Self::TimedOut => ApiError::new(self.status(), "request_timeout", "Request timed out"),
            Self::TooBusy(seconds) | Self::TooMany(seconds) => ApiError::rate_limited(seconds),
        }
    }
}

impl From<RequestRefusal> for ApiError {
    fn from(refusal: RequestRefusal) -> Self {
        refusal.api_error()
    }
}

impl From<RequestRefusal> for OAuthError {
    fn from(refusal: RequestRefusal) -> Self {
        refusal.oauth_error()
    }
}

impl From<RequestRefusal> for PageError {
    fn from(refusal: RequestRefusal) -> Self {
        refusal.page_error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_told_in_codes_that_it_knows() {
        for (refusal, status, code) in [
            (RequestRefusal::Panicked, 500, OAuthErrorCode::ServerError),
            (RequestRefusal::TimedOut, 504, OAuthErrorCode::TemporarilyUnavailable),
            (RequestRefusal::TooMany(3), 429, OAuthErrorCode::TemporarilyUnavailable),
        ] {
            let error = refusal.oauth_error();
            assert_eq!((refusal.status().as_u16(), error.code), (status, code));
            assert_ne!(error.description, error.detail, "the cause is for the log");
        }
    }
}
