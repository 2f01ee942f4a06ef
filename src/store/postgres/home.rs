//! The schema of our tables: `pocketid`, so that they fit into one database with those of other programs,
//! such as a Pocket ID whose data was taken over.
//!
//! Other roles may be allowed to make schemas and tables in the same database. What they made under our
//! names is not ours: a server that took it for its data would be theirs.

use ::postgres::Client;

use super::{
    super::StoreError,
    path::Path,
    schemas::{SchemaSeen, SchemasSeen, TRUSTED},
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

/// Chooses the one schema of our connections. A search path in the address or of the role decides where the tables are.
pub(super) fn choose(client: &mut Client, address: &PostgresAddress) -> Result<String, StoreError> {
    let named = address.settings().iter().rfind(|setting| setting.name == "search_path");
    let named = named.map(|setting| setting.value.as_str());
    client.batch_execute("BEGIN READ ONLY")?;
    let seen = SchemasSeen::look(client, NAME, named);
    client.batch_execute("ROLLBACK")?;
    choose_among(&seen?)
}

fn choose_among(seen: &SchemasSeen) -> Result<String, StoreError> {
    let all = || seen.beside.iter().chain(&seen.in_path);
    let home = all().find(|schema| schema.name == NAME);
    let refuse_unless_safe = |schema: &SchemaSeen| {
        // Whoever names a schema in the address vouches for the roles that may make something in it.
        if schema.is_open_to_others && !seen.is_named {
            Err(open_to_others(schema))
        } else {
            Ok(schema.quoted.clone())
        }
    };
    if let Some(home) = home.filter(|home| home.has_ours && home.is_trusted && !seen.is_named) {
        return refuse_unless_safe(home);
    }
    // Another search path than the usual one may name the schema of another role on purpose.
    let is_ours =
        |schema: &&SchemaSeen| schema.has_ours && (schema.is_trusted || !seen.is_usual_path);
    if let Some(earlier) = seen.in_path.iter().find(is_ours) {
        return if earlier.may_use { refuse_unless_safe(earlier) } else { Err(closed(earlier)) };
    }
    let candidates = || {
        all()
            .filter(|schema| !seen.is_named || seen.in_path.iter().any(|it| it.name == schema.name))
    };
    if candidates().any(|schema| schema.has_version) {
        // They may be an installation of ours that another role owns now, or a trap: not a new one at any rate.
        return Err(of_others("table schema_version"));
    }
    if let Some(closed_one) = seen.hidden_pocket_id() {
        return Err(closed(closed_one));
    }
    if !seen.is_usual_path {
        let none = "this role may create tables in none of the schemas of the search path";
        let fit = new_in_path(seen).ok_or_else(|| StoreError::NoSchema(none.to_owned()));
        return fit.and_then(refuse_unless_safe);
    }
    match home {
        Some(home) if !home.is_trusted => Err(of_others("schema pocketid")),
        Some(home) if home.may_create => Ok(NAME.to_owned()),
        None if seen.may_make || seen.in_path.iter().any(|schema| schema.has_pocket_id) => {
            Ok(NAME.to_owned())
        }
        // Without the right to make it, a database of our own will do.
        _ => new_in_path(seen).map_or_else(|| Ok("public".to_owned()), refuse_unless_safe),
    }
}

/// The schema of the path that gets new tables.
fn new_in_path(seen: &SchemasSeen) -> Option<&SchemaSeen> {
    let is_fit =
        |schema: &&SchemaSeen| schema.may_create && (schema.is_trusted || !seen.is_usual_path);
    seen.in_path.iter().find(is_fit)
}

fn of_others(object: &'static str) -> StoreError {
    StoreError::OfAnotherRole { object }
}

fn closed(schema: &SchemaSeen) -> StoreError {
    StoreError::OutOfReach { schema: schema.quoted.clone() }
}

fn open_to_others(schema: &SchemaSeen) -> StoreError {
    StoreError::OpenToOthers { schema: schema.quoted.clone() }
}

/// Makes the schema that the search path names, if it is ours. Needs the migration lock: two servers may
/// start at once.
pub(super) fn make(session: &mut PostgresConnection) -> Result<(), StoreError> {
    let lacks = "SELECT pg_catalog.current_setting('search_path'::pg_catalog.text) = 'pocketid'
                    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'pocketid')";
    let lacks = session.query(lacks, params![])?.first().is_some_and(|row| row.get(0));
    // `IF NOT EXISTS` would ask for the right to make one even where it is there.
    if lacks { session.control("CREATE SCHEMA pocketid") } else { Ok(()) }
}

/// Refuses tables of others, in the transaction of the caller: they may have appeared since the schema was chosen.
pub(super) fn refuse_of_others(session: &mut PostgresConnection) -> Result<(), StoreError> {
    let path = match Path::leave(session) {
        Err(StoreError::NoSchema(_)) => return Ok(()),
        left => left?,
    };
    let look = ARE_TRUSTED.replace("TRUSTED", TRUSTED);
    let found = session.query(&look, params![path.table.as_str()])?;
    path.take_again(session)?;
    if found.first().is_some_and(|row| row.get::<_, Option<bool>>(0) == Some(true)) {
        Ok(())
    } else {
        Err(of_others("table schema_version"))
    }
}
