//! The schema of our tables: `pocketid`, so that they fit into one database with those of other programs,
//! such as a Pocket ID whose data was taken over.
//!
//! Other roles may be allowed to make schemas and tables in the same database. What they made under our
//! names is not ours: a server that took it for its data would be theirs.

use ::postgres::{Client, SimpleQueryMessage};

use super::{super::StoreError, session::PostgresConnection};
use crate::{model::database::PostgresAddress, store::value::params};

/// Its name.
pub(super) const NAME: &str = "pocketid";

/// The roles that this one has to trust: itself and those that it is a member of, the owner of the database,
/// and those that may do everything. Functions are called by their whole names: another role may have
/// made one of the same name that fits better.
pub(super) const TRUSTED: &str = "
    (SELECT oid FROM pg_catalog.pg_roles
      WHERE rolname IN (current_user, 'pg_database_owner') OR rolsuper
         OR (pg_catalog.pg_has_role(oid, 'USAGE')
             AND NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user))
         OR oid = (SELECT datdba FROM pg_catalog.pg_database
                    WHERE datname = pg_catalog.current_database()))";

/// Whether our tables are there already; whether they are in the schema that the search path names, as
/// earlier versions made them; whether tables of our names are those of others; whether that path is PostgreSQL's own; whether there are tables of a
/// Pocket ID; whether this user may make the schema, or tables in it; the schema of the path that has ours,
/// and the one that gets new tables. Reads the catalogue, since other
/// ways fail where this user may not use a schema.
const LOOK: &str = "
    WITH ours AS (
        SELECT n.nspname = 'pocketid' AS is_home, n.nspname AS schema,
               c.relowner IN TRUSTED AND (n.nspname <> 'pocketid' OR n.nspowner IN TRUSTED) AS is_trusted
          FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relname = 'schema_version'
           AND (n.nspname = 'pocketid'
                OR c.oid = pg_catalog.to_regclass('schema_version'::pg_catalog.text)))
    SELECT EXISTS (SELECT 1 FROM ours WHERE is_home AND is_trusted),
           EXISTS (SELECT 1 FROM ours WHERE NOT is_home AND is_trusted)
               AND pg_catalog.to_regclass('meta'::pg_catalog.text) IS NOT NULL,
           EXISTS (SELECT 1 FROM ours WHERE NOT is_trusted),
           pg_catalog.current_setting('search_path'::pg_catalog.text)
               IN ('\"$user\", public', '\"$user\",public', 'public'),
           pg_catalog.to_regclass('schema_migrations'::pg_catalog.text) IS NOT NULL
               AND pg_catalog.to_regclass('oidc_clients'::pg_catalog.text) IS NOT NULL,
           CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'pocketid')
                THEN EXISTS (SELECT 1 FROM pg_catalog.pg_namespace
                              WHERE nspname = 'pocketid' AND nspowner IN TRUSTED
                                AND pg_catalog.has_schema_privilege(oid, 'CREATE'::pg_catalog.text))
                ELSE pg_catalog.has_database_privilege(
                         pg_catalog.current_database()::pg_catalog.text, 'CREATE'::pg_catalog.text)
           END,
           (SELECT pg_catalog.quote_ident(schema::pg_catalog.text) FROM ours
             WHERE NOT is_home AND is_trusted),
           COALESCE((SELECT pg_catalog.quote_ident(nspname::pg_catalog.text)
                       FROM pg_catalog.pg_namespace
                      WHERE nspname = pg_catalog.current_schema() AND nspowner IN TRUSTED), 'public')";

/// Chooses the one schema of our connections; `None` leaves the search path as it is. Whoever has chosen one,
/// in the address or at the server, gets their tables there. PostgreSQL's own path is never left: another role
/// may make a schema with the name of this one, which would come before the others.
pub(super) fn choose(
    client: &mut Client,
    address: &PostgresAddress,
) -> Result<Option<String>, StoreError> {
    if address.settings().iter().any(|setting| setting.name == "search_path") {
        return Ok(None);
    }
    let seen = client.simple_query(&LOOK.replace("TRUSTED", TRUSTED))?;
    let row = seen.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let is = |column: usize| row.is_some_and(|row| row.get(column) == Some("t"));
    let (is_there, is_in_path, is_of_others) = (is(0), is(1), is(2));
    let (is_usual_path, has_pocket_id, may_create) = (is(3), is(4), is(5));
    if is_of_others && !is_there && !is_in_path {
        // They may be an installation of ours that another role owns now, or a trap: not a new one at any rate.
        let why = "the table schema_version belongs to another role; give it to this one, or use another database";
        return Err(StoreError::Denied(why.to_owned()));
    }
    let name = |column: usize| row.and_then(|row| row.get(column)).map(str::to_owned);
    Ok(match () {
        () if is_in_path && is_usual_path => name(6),
        () if is_in_path || (!is_there && !is_usual_path) => None,
        // Without the right to make it, a database of our own will do.
        () if !is_there && !may_create && !has_pocket_id => name(7),
        () => Some(NAME.to_owned()),
    })
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
