//! The recipes that this server offers.

use hyper::StatusCode;

use crate::{
    model::text::TextError,
    recipe::{AppAddress, Library, LibraryError},
    server::{App, http::ApiError},
};

/// Works with the recipes, off the async threads: those of the user's own are files.
pub(in crate::server) async fn with_library<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Library) -> Result<T, LibraryError> + Send + 'static,
) -> Result<Result<T, LibraryError>, ApiError> {
    let library = Library::beside(app.settings().data_folder());
    let worked = tokio::task::spawn_blocking(move || work(&library)).await;
    worked.map_err(ApiError::internal)
}

impl From<LibraryError> for ApiError {
    fn from(error: LibraryError) -> Self {
        match error {
            LibraryError::NotFound { .. } => Self::not_found("Recipe"),
            // Only administrators see it, and it tells them which file to mend.
            error => {
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self::new(status, "recipe_unusable", error.to_string())
            }
        }
    }
}

/// Parses the address of an application.
pub(super) fn address(text: &str) -> Result<AppAddress, ApiError> {
    text.parse().map_err(|rule| ApiError::field("url", TextError::format(rule)))
}

/// The fault of an address at which there can be no callback.
pub(super) fn wrong_address(what: &str) -> ApiError {
    ApiError::field("url", TextError::format(format!("allows no callback: {what}")))
}
