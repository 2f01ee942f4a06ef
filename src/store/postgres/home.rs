//! The schema of our tables: `pocketid`, so that they fit into one database with those of other programs,
//! such as a Pocket ID whose data was taken over.
//!
//! Other roles may be allowed to make schemas and tables in the same database. Objects that they made under
//! our names are not ours: a server that took them for its data would be theirs.

use ::postgres::Client;

use super::{
    super::StoreError,
    path::Path,
    schemas::{EMPTY_PATH, SchemaSeen, SchemasSeen, TRUSTED, literal, rows},
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

/// Whether another schema has tables of pocketid or of a Pocket ID, of any owner.
const TRACES: &str = "
    SELECT EXISTS (SELECT 1
      FROM pg_class v
      JOIN pg_namespace n ON n.oid = v.relnamespace
      JOIN pg_class m ON m.relnamespace = n.oid
     WHERE (v.relname, m.relname) IN (('schema_version', 'meta'), ('schema_migrations', 'oidc_clients'))
       AND quote_ident(n.nspname::text) <> HOME)";

const NONE_IN_PATH: &str = "this role may create tables in none of the schemas of the search path";

/// Whether the same database has traces of another installation, of ours or of a Pocket ID.
pub(super) fn has_traces(
    client: &mut Client,
    address: &PostgresAddress,
) -> Result<bool, StoreError> {
    let look = TRACES.replace("HOME", &literal(&choose(client, address)?));
    let found = reading(client, |client| {
        client.batch_execute(EMPTY_PATH)?;
        rows(client, &look)
    })?;
    Ok(found.first().is_some_and(|row| row.get(0) == Some("t")))
}

/// Runs queries in a transaction, so that their settings end with them.
fn reading<T>(
    client: &mut Client,
    work: impl FnOnce(&mut Client) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    client.batch_execute("BEGIN READ ONLY")?;
    let found = work(client);
    client.batch_execute("ROLLBACK")?;
    found
}

/// Chooses the one schema of our connections. A search path in the address or of the role decides where the tables are.
pub(super) fn choose(client: &mut Client, address: &PostgresAddress) -> Result<String, StoreError> {
    let named = address.settings().iter().rfind(|setting| setting.is_search_path());
    let named = named.map(|setting| setting.value.as_str());
    choose_among(&reading(client, |client| SchemasSeen::look(client, NAME, named))?)
}

fn choose_among(seen: &SchemasSeen) -> Result<String, StoreError> {
    let chosen = match seen.with_ours() {
        Some(earlier) => earlier,
        None => {
            refuse_what_may_be_ours(seen)?;
            match seen.for_new_tables()? {
                Some(new) => new,
                None => return Ok(NAME.to_owned()),
            }
        }
    };
    match () {
        () if !chosen.may_use => Err(closed(chosen)),
        // The address names this schema alone, so its other roles are trusted.
        () if chosen.is_open_to_others() && !seen.is_vouched_for => Err(open_to_others(chosen)),
        () => Ok(chosen.quoted.clone()),
    }
}

/// Refuses tables that may be an installation of ours that another role owns now, or a trap: it is not a new one at any
/// rate. So does a Pocket ID that this role may not see any more.
fn refuse_what_may_be_ours(seen: &SchemasSeen) -> Result<(), StoreError> {
    let unnamed = seen.beside.iter().filter(|_| !seen.is_named);
    if seen.in_path.iter().chain(unnamed).any(|schema| schema.has_version) {
        return Err(of_others("table schema_version, or its schema,"));
    }
    let is_hidden =
        |schema: &&SchemaSeen| schema.has_pocket_id && !schema.may_use && schema.is_trusted;
    seen.in_path.iter().find(is_hidden).map_or(Ok(()), |hidden| Err(closed(hidden)))
}

impl SchemasSeen {
    /// The one with our name, in the search path or not.
    fn home(&self) -> Option<&SchemaSeen> {
        self.beside.iter().chain(&self.in_path).find(|schema| schema.name == NAME)
    }

    /// Whether tables may be made in a schema. The address may name one of another role on purpose.
    fn is_fit(&self, schema: &SchemaSeen) -> bool {
        schema.is_trusted || self.is_vouched_for
    }

    /// The schema that has our tables.
    fn with_ours(&self) -> Option<&SchemaSeen> {
        let home = self.home().filter(|_| !self.is_named);
        let mut all = home.into_iter().chain(&self.in_path);
        all.find(|schema| schema.has_ours && self.is_fit(schema))
    }

    /// The schema that gets new tables; `None` for one with our name that is not there yet.
    fn for_new_tables(&self) -> Result<Option<&SchemaSeen>, StoreError> {
        let in_path =
            self.in_path.iter().find(|schema| schema.may_create && self.is_fit(schema)).map(Some);
        if !self.is_usual_path {
            return in_path.ok_or_else(|| StoreError::NoSchema(NONE_IN_PATH.to_owned()));
        }
        match self.home() {
            Some(home) if !home.is_trusted => Err(of_others("schema pocketid")),
            Some(home) if home.may_create => Ok(Some(home)),
            None if self.may_make || self.in_path.iter().any(|schema| schema.has_pocket_id) => {
                Ok(None)
            }
            // Without the right to make it, a database of our own will do.
            _ => in_path.ok_or_else(|| StoreError::Denied(NONE_IN_PATH.to_owned())),
        }
    }
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
        Err(of_others("table schema_version, or its schema,"))
    }
}
