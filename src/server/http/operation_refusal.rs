//! What the REST API says when an operation was refused: the one place where refusals get a code and a status.

use hyper::StatusCode;

use super::{ApiError, api_error::FieldError};
use crate::{
    model::text::TextError,
    operations::{Noun, Refusal},
    store::users::Taken,
};

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::AccountName(taken) => match taken.taken {
                Taken::EmailInUse(_) | Taken::EmailIsUsername(_) => Self::already_in_use("email"),
                Taken::UsernameInUse(_) | Taken::UsernameIsEmail(_) => {
                    Self::already_in_use("username")
                }
                Taken::UsernameReadsAsId => reads_as_id("username"),
            },
            Refusal::ClaimTwice(name) => {
                let message = format!("Claim {name} is already defined");
                let fault =
                    TextError { code: "duplicate", message: "is listed more than once".into() };
                Self::new(StatusCode::BAD_REQUEST, "duplicate_claim", message)
                    .about(FieldError::new("key", fault))
            }
            Refusal::ClaimsTooLarge => {
                let message = "are too many or too long for a token".to_owned();
                Self::field("claims", TextError { code: "too_long", message })
            }
            Refusal::Field { field, error } => Self::field(field, error),
            Refusal::GroupNameInUse(_) => Self::already_in_use("name"),
            Refusal::GroupNameReadsAsId(_) => reads_as_id("name"),
            Refusal::LastAdministrator(_) => {
                let message = "The last administrator who can sign in can't be removed or disabled";
                Self::new(StatusCode::CONFLICT, "last_administrator", message)
            }
            Refusal::NoSuchClaim(name) => Self::not_found("Claim").because(name),
            Refusal::NotFound(noun) => not_found(noun),
            Refusal::NotInGroup { .. } => Self::not_found("User"),
            Refusal::Store(error) => error.into(),
            Refusal::UnknownUser(_) => not_found(Noun::User),
            Refusal::UserIdInUse(_) => Self::already_in_use("id"),
        }
    }
}

fn not_found(noun: Noun) -> ApiError {
    match noun {
        Noun::Group => ApiError::not_found("User group"),
        Noun::User => ApiError::new(StatusCode::NOT_FOUND, "user_not_found", "User not found"),
    }
}

fn reads_as_id(field: &'static str) -> ApiError {
    let message = "must not have the form of an ID".to_owned();
    ApiError::field(field, TextError { code: "reads_as_id", message })
}
