//! Refused documents, as errors of the REST API.

use hyper::StatusCode;

use crate::{
    configuration::{DocumentFault, Error},
    model::text::TextError,
    operations::Refusal,
    server::http::{ApiError, api_error::FieldError},
};

/// Words a refusal.
pub(super) fn refuse(error: Error) -> ApiError {
    match error {
        Error::Faults(faults) => ApiError::validation(faults.iter().map(fault).collect()),
        Error::NoAdministrator => {
            let message = "No administrator would be left who can sign in";
            ApiError::new(StatusCode::CONFLICT, "last_administrator", message)
        }
        Error::PublicClient(id, fault) => {
            ApiError::from(Refusal::PublicClient(fault)).because(format!("client {id}"))
        }
        Error::Refused(refusal) => refusal.into(),
        Error::Stale => {
            let message = "The installation was changed at the same time. Send the document again";
            ApiError::new(StatusCode::CONFLICT, "configuration_changed", message)
        }
        Error::Unwritable(what) => {
            let message = format!("No document can hold what is stored: {what}");
            ApiError::new(StatusCode::CONFLICT, "configuration_unwritable", message)
        }
        Error::Value { message, hint } => {
            let message = format!("{message}; {hint}");
            ApiError::new(StatusCode::BAD_REQUEST, "validation_failed", message)
        }
    }
}

/// A fault is named by its place in the document, such as `3:5`: line and column.
fn fault(DocumentFault { at, message, hint }: &DocumentFault) -> FieldError {
    let place = format!("{}:{}", at.line, at.column);
    let hint = hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    FieldError::of(place, TextError { code: "invalid_value", message: format!("{message}{hint}") })
}
