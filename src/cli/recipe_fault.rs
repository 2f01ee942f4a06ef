//! Recipes that cannot be used, in the words of the terminal.

use super::error::CliError;
use crate::recipe::LibraryError;

impl From<LibraryError> for CliError {
    fn from(error: LibraryError) -> Self {
        let message = error.to_string();
        match error {
            LibraryError::Faulty { .. } => Self::refused(message).hint(
                "correct the file, or move it away; recipes/README.md of the source describes recipes",
            ),
            LibraryError::NotFound { near, .. } => Self::usage(message).hint(match &near[..] {
                [] => "to list them: pocketid client recipes".to_owned(),
                near => format!("did you mean {}?", near.join(" or ")),
            }),
            LibraryError::Unreadable { .. } => Self::refused(message)
                .hint("this user must be able to read the folder of recipes and the files in it"),
        }
    }
}
