//! Errors of the SCIM server (RFC 7644 §3.12). This is the one place that assigns their statuses.

use hyper::{
    StatusCode,
    header::{RETRY_AFTER, WWW_AUTHENTICATE},
};
use serde::Serialize;

use super::{Response, body::BodyError};
use crate::{
    operations::{Noun, Refusal},
    scim::{MEDIA_TYPE, ScimErrorType, ScimFault},
    store::{StoreError, users::TakenName},
};

const SCHEMA: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The body of an error.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ErrorBody<'a> {
    schemas: [&'static str; 1],
    /// The status as a text (RFC 7644 §3.12).
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scim_type: Option<&'static str>,
    detail: &'a str,
}

/// An error of the SCIM server: a status, a kind that programs understand, and a sentence.
#[derive(Debug)]
pub struct ScimError {
    status: StatusCode,
    kind: Option<ScimErrorType>,
    detail: String,
    /// The cause for the log. It is not sent to the caller.
    cause: Option<String>,
    retry_after: Option<u64>,
}

impl ScimError {
    /// Creates an error without a kind.
    pub fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, kind: None, detail: detail.into(), cause: None, retry_after: None }
    }

    /// Adds a cause for the log.
    pub fn because(self, cause: impl std::fmt::Display) -> Self {
        Self { cause: Some(cause.to_string()), ..self }
    }

    /// The token is missing, wrong or expired.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "A valid SCIM token is required.")
    }

    /// The named resource does not exist.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("This {what} does not exist."))
    }

    /// The resource is not the one that `If-Match` names.
    pub fn precondition_failed() -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "The resource has changed since.")
    }

    /// The server does not have this part of the standard.
    pub fn not_implemented() -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, "This server does not support that.")
    }

    /// Too many requests.
    pub fn rate_limited(seconds: u64) -> Self {
        let error = Self::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests.");
        Self { retry_after: Some(seconds), ..error }
    }

    fn conflict(detail: &str) -> Self {
        let error = Self::new(StatusCode::CONFLICT, detail);
        Self { kind: Some(ScimErrorType::Uniqueness), ..error }
    }

    fn kept(detail: &str) -> Self {
        let error = Self::new(StatusCode::FORBIDDEN, detail);
        Self { kind: Some(ScimErrorType::Mutability), ..error }
    }

    /// An internal error of the server.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.").because(cause)
    }

    /// Builds the response.
    pub fn into_response(self) -> Response {
        let status = self.status.as_u16().to_string();
        let scim_type = self.kind.map(ScimErrorType::as_str);
        let body =
            ErrorBody { schemas: [SCHEMA], status: &status, scim_type, detail: &self.detail };
        let body = serde_json::to_string(&body).expect("texts are JSON");
        let code = scim_type.unwrap_or(match self.status {
            StatusCode::UNAUTHORIZED => "unauthorized",
            StatusCode::NOT_FOUND => "not_found",
            StatusCode::TOO_MANY_REQUESTS => "rate_limited",
            status if status.is_server_error() => "internal_error",
            _ => "refused",
        });
        let response = Response::bytes(MEDIA_TYPE, body)
            .status(self.status)
            .log_error(code, self.cause.unwrap_or(self.detail));
        let response = match self.status {
            // RFC 9110 §15.5.2: a 401 says how to authenticate.
            StatusCode::UNAUTHORIZED => {
                response.header(WWW_AUTHENTICATE, "Bearer realm=\"pocketid\"")
            }
            _ => response,
        };
        match self.retry_after {
            Some(seconds) => response.header(RETRY_AFTER, &seconds.to_string()),
            None => response,
        }
    }
}

impl From<ScimFault> for ScimError {
    fn from(fault: ScimFault) -> Self {
        let ScimFault { kind, detail } = fault;
        Self { kind: Some(kind), ..Self::new(StatusCode::BAD_REQUEST, detail) }
    }
}

impl From<BodyError> for ScimError {
    fn from(error: BodyError) -> Self {
        let status = match error {
            BodyError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            BodyError::Slow => StatusCode::REQUEST_TIMEOUT,
            BodyError::Broken(_) | BodyError::MediaType(_) => {
                return ScimFault::syntax(format!("The request cannot be read: {error}.")).into();
            }
        };
        Self::new(status, format!("The request cannot be read: {error}."))
    }
}

impl From<StoreError> for ScimError {
    fn from(error: StoreError) -> Self {
        match error {
            error if error.is_outage() => {
                let busy = Self::new(StatusCode::SERVICE_UNAVAILABLE, "The server is too busy.");
                Self { retry_after: Some(1), ..busy.because(error) }
            }
            StoreError::Conflict => {
                Self::conflict("Another resource has this value.").because(error)
            }
            error => Self::internal(error),
        }
    }
}

impl From<Refusal> for ScimError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => Self::conflict(match taken.taken {
                TakenName::EmailInUse(_) | TakenName::EmailIsUsername(_) => {
                    "Another user has this email."
                }
                TakenName::UsernameInUse(_)
                | TakenName::UsernameIsEmail(_)
                | TakenName::UsernameReadsAsId => "Another user has this userName.",
            }),
            Refusal::AdministratorOverScim(_) | Refusal::LastAdministrator(_) => {
                Self::kept("Administrators cannot be changed over SCIM.")
            }
            Refusal::NotForServices(_) => Self::kept("Services cannot be changed over SCIM."),
            Refusal::DirectoryGroup(_) => {
                Self::kept("The group comes from the LDAP directory, and is changed there.")
            }
            Refusal::DirectoryUser(_) => {
                Self::kept("The user comes from the LDAP directory, and is changed there.")
            }
            Refusal::ExternalIdInUse(_) => Self::conflict("Another resource has this externalId."),
            Refusal::Field { field, error } => ScimFault::value(format!("{field} {error}.")).into(),
            Refusal::GroupNameInUse(_) | Refusal::GroupNameReadsAsId(_) => {
                Self::conflict("Another group has this displayName.")
            }
            Refusal::NotFound(Noun::Group) => Self::not_found("group"),
            Refusal::NotFound(Noun::User) => Self::not_found("user"),
            Refusal::NotSignedInAnyMore => Self::unauthorized(),
            Refusal::Store(error) => error.into(),
            Refusal::UnknownUser(id) => {
                ScimFault::value(format!("There is no user with the id {id}.")).into()
            }
            other => Self::internal(format_args!("{other:?}")),
        }
    }
}
