//! The schema of our tables: `pocketid`, so that they fit into one database with those of other programs,
//! such as a Pocket ID whose data was taken over.
//!
//! Other roles may be allowed to make schemas and tables in the same database. What they made under our
//! names is not ours: a server that took it for its data would be theirs.

use ::postgres::Client;

use super::{
    super::StoreError,
    schemas::{EMPTY_PATH, SchemasSeen, TRUSTED},
    session::PostgresConnection,
};
use crate::{model::database::PostgresAddress, store::value::params};

/// Its name.
pub(super) const NAME: &str = "pocketid";

/// Whether the owners of the main tables in the schema of `schema_version` are trusted roles, and the owner of the schema
/// too if its name is ours.
const ARE_TRUSTED: &str = "
    SELECT bool_and(c.relowner IN TRUSTED AND (n.nspname <> 'pocketid' OR n.nspowner IN TRUSTED))
      FROM pg_class v
      JOIN pg_namespace n ON n.oid = v.relnamespace
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname IN ('schema_version', 'meta', 'users')
     WHERE v.oid::text = ?1";

/// Chooses the one schema of our connections; `None` leaves the search path as it is. A search path in the address or
/// of the role decides where the tables are.
pub(super) fn choose(
    client: &mut Client,
    address: &PostgresAddress,
) -> Result<Option<String>, StoreError> {
    if address.settings().iter().any(|setting| setting.name == "search_path") {
        return Ok(None);
    }
    client.batch_execute("BEGIN READ ONLY")?;
    let seen = SchemasSeen::look(client, NAME);
    client.batch_execute("ROLLBACK")?;
    choose_among(&seen?)
}

fn choose_among(seen: &SchemasSeen) -> Result<Option<String>, StoreError> {
    let all = || seen.beside.iter().chain(&seen.in_path);
    let home = all().find(|schema| schema.name == NAME);
    if home.is_some_and(|home| home.has_ours && home.is_trusted) {
        return Ok(Some(NAME.to_owned()));
    }
    // Another search path than the usual one may name the schema of another role on purpose.
    let is_ours = |trusted: bool| trusted || !seen.is_usual_path;
    let earlier = seen.in_path.iter().find(|schema| schema.has_ours && is_ours(schema.is_trusted));
    if let Some(earlier) = earlier {
        return Ok(Some(earlier.quoted.clone()));
    }
    if all().any(|schema| schema.has_version) {
        // They may be an installation of ours that another role owns now, or a trap: not a new one at any rate.
        return Err(of_others("the table schema_version belongs"));
    }
    if !seen.is_usual_path {
        return Ok(None);
    }
    match home {
        Some(home) if !home.is_trusted => Err(of_others("the schema pocketid belongs")),
        Some(home) if home.may_create => Ok(Some(NAME.to_owned())),
        None if seen.may_make || seen.in_path.iter().any(|schema| schema.has_pocket_id) => {
            Ok(Some(NAME.to_owned()))
        }
        // Without the right to make it, a database of our own will do.
        _ => {
            let own = seen.in_path.iter().find(|schema| schema.is_trusted && schema.may_create);
            Ok(Some(own.map_or_else(|| "public".to_owned(), |own| own.quoted.clone())))
        }
    }
}

fn of_others(what: &str) -> StoreError {
    StoreError::Denied(format!(
        "{what} to another role; give it to this one, or use another database"
    ))
}

/// Makes the schema that the search path names, if it is ours. Needs the migration lock: two servers may
/// start at once.
pub(super) fn make(session: &mut PostgresConnection) -> Result<(), StoreError> {
    let lacks = "SELECT current_setting('search_path') = 'pocketid'
                    AND NOT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = 'pocketid')";
    let lacks = session.query(lacks, params![])?.first().is_some_and(|row| row.get(0));
    // `IF NOT EXISTS` would ask for the right to make one even where it is there.
    if lacks { session.control("CREATE SCHEMA pocketid") } else { Ok(()) }
}

/// Refuses tables of others, in the transaction of the caller: they may have appeared since the schema was chosen.
pub(super) fn refuse_of_others(session: &mut PostgresConnection) -> Result<(), StoreError> {
    let now = "SELECT pg_catalog.current_setting('search_path'::pg_catalog.text),
                      pg_catalog.to_regclass('schema_version'::pg_catalog.text)
                          ::pg_catalog.oid::pg_catalog.text";
    let rows = session.query(now, params![])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (path, table): (String, Option<String>) = (row.get(0), row.get(1));
    let Some(table) = table else { return Ok(()) };
    session.control(EMPTY_PATH)?;
    let look = ARE_TRUSTED.replace("TRUSTED", TRUSTED);
    let found = session.query(&look, params![table.as_str()])?;
    session.query("SELECT set_config('search_path', ?1, true)", params![path.as_str()])?;
    if found.first().is_some_and(|row| row.get::<_, Option<bool>>(0) == Some(true)) {
        Ok(())
    } else {
        Err(of_others("the table schema_version belongs"))
    }
}
