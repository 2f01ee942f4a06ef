//! `pocketid rollback`

use serde::Serialize;

use super::{
    context::Context,
    error::{CliError, Kind},
    page::Page,
    prompt,
    report::Outcome,
};
use crate::{
    encryption_key,
    model::Database,
    store::{self, Earlier, StoreError},
};

const DETAILS: &str = "\
When a new version of pocketid changes the tables, it keeps a copy of the data from before: with
SQLite a file beside the database, such as pocketid.db.before-v6, and with PostgreSQL a schema,
such as pocketid_before_v6. This command puts the last copy in the place of the database. Stop the
server first. Both the new and the old program can do it.

What was written since the upgrade is no longer in the database, but it is kept: in a file beside
it, such as pocketid.db.rolled-back-v6, or in a schema. Sessions, grants and one-time links are as
they were when the copy was made: those that were revoked or used since are valid again.

Examples:
  pocketid rollback
  podman run --rm -v pocketid:/app/data pocketid rollback --yes";

/// Go back to the data from before the last upgrade
#[derive(Debug, clap::Args)]
#[command(after_long_help = DETAILS)]
pub struct Rollback {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// The result of the rollback.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RollbackResult {
    from_schema_version: i64,
    schema_version: i64,
    users: i64,
    clients: i64,
    /// Where the newer data is.
    kept: String,
}

impl Rollback {
    pub fn run(self, ctx: &Context) -> Result<RollbackResult, CliError> {
        let database = &ctx.settings()?.database;
        let earlier = find(database)?;
        if earlier.users == 0 {
            let error = format!("the copy {} has no users", earlier.name);
            return Err(
                CliError::refused(error).hint("restore a backup instead: pocketid restore FILE")
            );
        }
        refuse_other_key(ctx, &earlier)?;
        let made = earlier
            .made_at
            .map_or_else(String::new, |at| format!(", made at {}", ctx.report().page().moment(at)));
        let consequence = format!(
            "This replaces all data in {database} with the copy {}{made}: {} users, {} clients. The newer data is kept.",
            earlier.name, earlier.users, earlier.clients
        );
        prompt::confirm(ctx, self.yes, &consequence)?;
        let done = store::roll_back(database, &earlier).map_err(refused)?;
        Ok(RollbackResult {
            from_schema_version: done.from,
            schema_version: earlier.version,
            users: earlier.users,
            clients: earlier.clients,
            kept: done.kept,
        })
    }
}

fn find(database: &Database) -> Result<Earlier, CliError> {
    if let Database::Sqlite(path) = database
        && !path.exists()
    {
        let error = format!("there is no database {}", path.display());
        return Err(CliError::new(Kind::Database, error)
            .hint("set DB_CONNECTION_STRING to the database that was upgraded"));
    }
    store::find_earlier(database)?.ok_or_else(|| {
        let error = format!("there is no copy of {database} from before an upgrade");
        CliError::refused(error).hint(
            "if the upgrade did not change the tables, just run the old version; else restore a backup: pocketid restore FILE",
        )
    })
}

fn refused(error: StoreError) -> CliError {
    match error {
        StoreError::Served { path } => {
            let error = format!("cannot roll back {}: a server is using it", path.display());
            CliError::refused(error).hint("stop the server first; nothing was changed")
        }
        error => error.into(),
    }
}

/// The server could not open the secrets in the copy.
fn refuse_other_key(ctx: &Context, earlier: &Earlier) -> Result<(), CliError> {
    let settings = ctx.settings()?;
    let Some(proof) = &earlier.proof else { return Ok(()) };
    let is_right = match (encryption_key::key_file(settings), &settings.encryption_key) {
        (Some(path), _) => encryption_key::is_kept(&path, proof),
        (None, Some(key)) => encryption_key::is_key_of(key, proof),
        // A server without a key says so at its start.
        (None, None) => true,
    };
    if is_right {
        return Ok(());
    }
    let error = format!("the copy {} was made with another encryption key", earlier.name);
    Err(CliError::new(Kind::Configuration, error).hint(
        "set ENCRYPTION_KEY, or the file encryption.key, to the key of that time; nothing was changed",
    ))
}

impl Outcome for RollbackResult {
    fn write_text(&self, page: &mut Page) {
        page.fields(&[
            (
                "Schema version",
                format!("{}, was {}", self.schema_version, self.from_schema_version),
            ),
            ("Users", self.users.to_string()),
            ("Clients", self.clients.to_string()),
            ("Newer data", self.kept.clone()),
        ]);
    }

    fn afterword(&self) -> Option<String> {
        Some("Now start the version of pocketid from before the upgrade: a newer one would upgrade the data again.".into())
    }
}
