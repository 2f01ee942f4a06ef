//! Log messages about the set-up: how to make the first administrator, and the set-up code.

use std::path::PathBuf;

use super::super::stranger;
use crate::{
    model::Database,
    server::{App, Trace, is_asked},
    settings::{AskForSetupCode, Settings},
    store::{StoreError, setup, users},
};

/// The messages, one sentence each; empty if there is an enabled administrator.
pub fn needed(app: &App) -> Result<Vec<String>, StoreError> {
    let (settings, now) = (app.settings(), app.now());
    let opening = app.store().read_blocking(|tx| {
        if users::enabled_administrator_exists(tx)? {
            return Ok(None);
        }
        setup::opening(tx, now).map(Some)
    });
    let Some(opening) = opening? else { return Ok(Vec::new()) };
    // With existing accounts, the first administrator cannot be made over the network.
    let Some(opening) = opening else { return Ok(vec!["run: pocketid setup".to_owned()]) };
    let mut told = vec![format!("open {} or run: pocketid setup", settings.app_url.join("/setup"))];
    let ask = settings.ask_for_setup_code;
    if ask != AskForSetupCode::Never {
        let code = app.setup_code(&opening).shown();
        told.push(if is_asked(ask, &opening) {
            format!("/setup asks for the set-up code {code}")
        } else {
            format!(
                "from half an hour after the first start on, /setup asks for the set-up code {code}"
            )
        });
    }
    Ok(told)
}

/// The SQLite file that the server is about to create.
pub struct NewDatabase {
    path: PathBuf,
    /// A file of another program in the same folder, if none is ours.
    stranger: Option<PathBuf>,
}

/// The file that will be created, if it does not exist.
pub fn new_file(settings: &Settings) -> Option<NewDatabase> {
    match &settings.database {
        Database::Sqlite(path) if !path.exists() => Some(NewDatabase {
            path: path.clone(),
            stranger: path.parent().and_then(stranger::find),
        }),
        _ => None,
    }
}

/// Logs that a new database was created, and its path: in a wrong folder, all accounts would seem
/// to be gone.
pub fn tell_of_new(new: &NewDatabase, trace: Option<&Trace>) {
    let shown = std::path::absolute(&new.path).unwrap_or_else(|_| new.path.clone());
    match trace {
        None => match &new.stranger {
            None => tracing::info!(path = %shown.display(), "created a new database"),
            Some(stranger) => tracing::warn!(
                path = %shown.display(),
                "created a new database in a folder with files of another program, such as {}: check that the volume is the \
                 right one",
                stranger.display()
            ),
        },
        Some(trace) => tracing::warn!(
            path = %shown.display(),
            "created a new, empty database, although {trace}: check that the volume is mounted, \
             and DB_CONNECTION_STRING. The set-up requires the set-up code"
        ),
    }
}
