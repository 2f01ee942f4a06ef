//! The recipes that this server offers.

use hyper::StatusCode;

use crate::{
    model::text::TextError,
    recipe::{AppAddress, Library, LibraryError},
    server::{App, http::ApiError},
};

/// Works with the recipes, off the async threads: those of the user's own are files.
pub(super) async fn with_library<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Library) -> Result<T, LibraryError> + Send + 'static,
) -> Result<T, ApiError> {
    let library = Library::beside(app.settings().data_folder());
    let worked = tokio::task::spawn_blocking(move || work(&library)).await;
    worked.map_err(ApiError::internal)?.map_err(refuse)
}

fn refuse(error: LibraryError) -> ApiError {
    match error {
        LibraryError::NotFound { .. } => ApiError::not_found("Recipe"),
        // Only administrators see it, and it tells them which file to mend.
        error => {
            ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "recipe_unusable", error.to_string())
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
