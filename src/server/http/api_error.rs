//! Errors of the JSON API (Pocket ID 2.14).

use std::borrow::Cow;

use hyper::{
    StatusCode,
    header::{RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use super::Response;
use crate::{model::text::TextError, store::StoreError};

/// A fault in one field of a body.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldError {
    field: Cow<'static, str>,
    code: &'static str,
    message: String,
}

/// Machine-readable details beyond the code.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ErrorDetails"))]
pub(in crate::server) struct Details {
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_file_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_size: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    property: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'static str>,
}

/// The body of an error.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Error"))]
pub(in crate::server) struct ErrorBody<'a> {
    /// A sentence for a person.
    error: &'a str,
    /// The stable code.
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Box<Details>>,
    /// The id of the request in the log.
    request_id: &'a str,
}

/// The maximum length of a reason in a response, in characters; it may contain input of the caller.
const MAX_REASON: usize = 160;

/// An error of the JSON API: a stable code, and a sentence for a person.
#[derive(Debug)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
    details: Option<Box<Details>>,
    detail: Option<String>,
    retry_after: Option<u64>,
    challenge: Option<&'static str>,
}

impl ApiError {
    /// Creates an error.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status,
            code,
            message,
            details: None,
            detail: None,
            retry_after: None,
            challenge: None,
        }
    }

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Adds a cause for the log. It is not sent to the caller.
    pub fn because(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }

    /// Adds a reason for the log and the caller.
    pub fn reason(self, reason: &dyn std::fmt::Display) -> Self {
        let reason: String = reason.to_string().chars().take(MAX_REASON).collect();
        let details = Details { reason: Some(reason.clone()), ..Details::default() };
        Self { details: Some(Box::new(details)), ..self.because(reason) }
    }

    /// An internal error of the server.
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "Something went wrong")
            .because(detail)
    }

    /// Names the resource that does not exist.
    pub fn without(self, what: &'static str) -> Self {
        let details = Details { resource: Some(what), ..Details::default() };
        Self { details: Some(Box::new(details)), ..self }
    }

    /// The named resource does not exist.
    pub fn not_found(what: &'static str) -> Self {
        let details = Details { resource: Some(what), ..Details::default() };
        Self {
            details: Some(Box::new(details)),
            ..Self::new(StatusCode::NOT_FOUND, "not_found", format!("{what} not found"))
        }
    }

    /// The body is malformed.
    pub fn invalid_body(detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request_body", "Request body is invalid")
            .because(detail)
    }

    /// The caller is not signed in.
    pub fn not_signed_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "You are not signed in")
    }

    /// An API key was sent to an endpoint that only accepts browsers.
    pub fn key_not_allowed() -> Self {
        let message = "API key authentication is not allowed for this endpoint";
        Self::new(StatusCode::FORBIDDEN, "api_key_auth_not_allowed", message)
    }

    /// The account is disabled.
    pub fn user_disabled() -> Self {
        Self::new(StatusCode::FORBIDDEN, "user_disabled", "User account is disabled")
    }

    /// Only administrators may do this.
    pub fn forbidden() -> Self {
        let message = "You don't have permission to perform this action";
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// The request comes from another site, or from this one under another URL.
    pub fn cross_site(app_url: &str, detail: impl std::fmt::Display) -> Self {
        let message = format!("This works only on the pages of {app_url}. Open the page there");
        Self::new(StatusCode::FORBIDDEN, "forbidden", message).because(detail)
    }

    /// The user has to use a passkey again.
    pub fn reauthentication_required() -> Self {
        let message = "Reauthentication is required";
        Self::new(StatusCode::UNAUTHORIZED, "reauthentication_required", message)
    }

    /// A unique value is taken; `property` is the field of the body that holds it.
    pub fn already_in_use(property: &'static str) -> Self {
        let message = format!("{} is already in use", capitalised(property));
        Self {
            details: Some(Box::new(Details { property: Some(property), ..Details::default() })),
            ..Self::new(StatusCode::CONFLICT, "already_in_use", message)
        }
    }

    /// Adds the maximum size of a file.
    pub fn max_size(self, size: String) -> Self {
        let details = Details { max_size: Some(size), ..Details::default() };
        Self { details: Some(Box::new(details)), ..self }
    }

    /// A file has an unsupported type. `wanted` lists the supported types, unless those are all
    /// types that browsers show.
    pub fn file_type(wanted: Option<&'static str>) -> Self {
        let message = wanted.map_or_else(
            || "File type is not supported".to_owned(),
            |wanted| format!("File must be of type {wanted}"),
        );
        let error =
            Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "file_type_not_supported", message);
        let details = Details { expected_file_type: wanted, ..Details::default() };
        Self { details: wanted.map(|_| Box::new(details)), ..error }
    }

    /// Adds when the caller may try again, in seconds.
    pub fn retry_after(self, seconds: u64) -> Self {
        Self { retry_after: Some(seconds), ..self }
    }

    /// Adds how the caller may authenticate (RFC 9110 §11.6.1).
    pub fn challenge(self, challenge: &'static str) -> Self {
        Self { challenge: Some(challenge), ..self }
    }

    /// The sign-in was not with a passkey.
    pub fn passkey_required() -> Self {
        let message = "Sign in with a passkey, and not with a code";
        Self::new(StatusCode::FORBIDDEN, "passkey_required", message)
    }

    /// Too many requests from one address.
    pub fn rate_limited(retry_after_seconds: u64) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests");
        error.retry_after(retry_after_seconds)
    }

    /// Fields of the body are wrong.
    pub fn validation(fields: Vec<FieldError>) -> Self {
        let sentences: Vec<_> =
            fields.iter().map(|field| format!("{} {}", field.field, field.message)).collect();
        let message = capitalised(&sentences.join(", "));
        Self {
            details: Some(Box::new(Details { fields, ..Details::default() })),
            ..Self::new(StatusCode::BAD_REQUEST, "validation_failed", message)
        }
    }

    /// One field of the body is wrong.
    pub fn field(field: impl Into<Cow<'static, str>>, error: TextError) -> Self {
        Self::validation(vec![FieldError::new(field, error)])
    }

    /// Adds the field that the error is about.
    pub fn about(mut self, field: FieldError) -> Self {
        self.details = Some(Box::new(Details { fields: vec![field], ..Details::default() }));
        self
    }

    /// Builds the response.
    pub fn into_response(self, request_id: &str) -> Response {
        let (error, code, details) = (&self.message, self.code, self.details);
        let body = ErrorBody { error, code, details, request_id };
        let response = Response::json(&body)
            .status(self.status)
            .log_error(self.code, self.detail.unwrap_or_else(|| self.message.clone()));
        let response = match self.challenge {
            Some(challenge) => response.header(WWW_AUTHENTICATE, challenge),
            None => response,
        };
        match self.retry_after {
            Some(seconds) => response.header(RETRY_AFTER, &seconds.to_string()),
            None => response,
        }
    }
}

impl FieldError {
    /// Creates the fault of a field.
    pub fn new(field: impl Into<Cow<'static, str>>, error: TextError) -> Self {
        Self { field: field.into(), code: error.code, message: error.message }
    }

    /// Creates the fault of a field that is named by its position, such as the third item of a
    /// list.
    pub fn of(field: String, error: TextError) -> Self {
        Self { field: field.into(), code: error.code, message: error.message }
    }

    /// Creates the fault of a missing field.
    pub fn required(field: &'static str) -> Self {
        Self::new(field, TextError::required())
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_outage() => {
                let message = "The server is too busy; try again in a moment";
                let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", message);
                busy.because(error).retry_after(1)
            }
            StoreError::Conflict => Self::already_in_use("value").because(error),
            error => Self::internal(error),
        }
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
