//! Goes back to the copy of the tables from before a migration, which is in a schema of its own.

use super::{
    super::{
        StoreError,
        earlier::{Earlier, RolledBack, name_rolled_back, version_in},
        schema::Schema,
    },
    before_migration::{make_schema, prefix},
    connect::Connector,
    home,
    migrate::lock_and_find_version,
    migrations::{census, find_version},
    path::Path,
    schemas::{TRUSTED, quoted},
    server_claim::claim_alone,
    session::PostgresConnection,
};
use crate::{
    model::{Timestamp, database::PostgresAddress},
    store::value::params,
};

/// The schemas of a name that trusted roles made, with their comments.
const MADE: &str = "
    SELECT n.nspname::text, obj_description(n.oid, 'pg_namespace')
      FROM pg_namespace n
      JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'schema_version'
     WHERE n.nspowner IN TRUSTED AND c.relowner IN TRUSTED AND starts_with(n.nspname::text, ?1)";

/// The statements that move everything of one schema into another, but extensions. Indexes, triggers and
/// sequences go with their tables.
const MOVES: &str = "
    SELECT format('ALTER TABLE %I.%I SET SCHEMA %I', ?1::text, c.relname::text, ?2::text)
      FROM pg_class c
     WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname::text = ?1::text)
       AND c.relkind = 'r' AND (?3::text = '' OR c.relname = ANY (string_to_array(?3::text, ',')))
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('ALTER FUNCTION %s SET SCHEMA %I', p.oid::regprocedure::text, ?2::text)
      FROM pg_proc p
     WHERE p.pronamespace = (SELECT oid FROM pg_namespace WHERE nspname::text = ?1::text)
       AND p.prokind = 'f' AND (?3::text = '' OR p.proname = ANY (string_to_array(?3::text, ',')))
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')";

/// Names of tables and functions that only PostgreSQL has.
const ONLY_HERE: [&str; 3] = ["schema_version", "user_counts", "count_users"];

/// The last copy that was made of a version below the one of the tables.
pub(in crate::store) fn find_earlier(
    address: &PostgresAddress,
) -> Result<Option<Earlier>, StoreError> {
    let (_, mut session) = Connector::connect_first(address)?;
    session.begin("BEGIN READ ONLY")?;
    let found = look(&mut session);
    session.control("ROLLBACK")?;
    found
}

/// See [`crate::store::roll_back`].
pub(in crate::store) fn roll_back(
    address: &PostgresAddress,
    earlier: &Earlier,
) -> Result<RolledBack, StoreError> {
    let (_, mut session) = Connector::connect_first(address)?;
    session.begin("BEGIN")?;
    let done = swap(&mut session, address, earlier);
    session.control(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    done
}

fn look(session: &mut PostgresConnection) -> Result<Option<Earlier>, StoreError> {
    let now = find_version(session)?;
    let prefix = prefix(&Path::leave(session)?.home);
    let names = format!("{prefix}before_v");
    let rows = session.query(&MADE.replace("TRUSTED", TRUSTED), params![names.as_str()])?;
    let copies = rows.iter().filter_map(|row| {
        let (name, comment): (String, Option<String>) = (row.get(0), row.get(1));
        let suffix = name.strip_prefix(&prefix)?.replace('_', "-");
        let version = version_in(&suffix).filter(|version| *version < now)?;
        let made_at =
            comment.and_then(|text| Timestamp::parse_rfc3339(text.split(' ').next_back()?).ok());
        Some(Earlier { name, version, made_at, users: 0, clients: 0, proof: None })
    });
    let last = copies.max_by_key(|copy| (copy.made_at, copy.version));
    last.map(|copy| read(session, copy)).transpose()
}

/// Reads the numbers and the key check value from the tables of a copy.
fn read(session: &mut PostgresConnection, mut earlier: Earlier) -> Result<Earlier, StoreError> {
    session.control(&format!("SET LOCAL search_path = {}", quoted(&earlier.name)))?;
    let census = census(session)?;
    (earlier.users, earlier.clients) = (census.users(), census.clients());
    let proof = "SELECT value FROM meta WHERE key = 'key_check'";
    earlier.proof = session.query(proof, params![])?.first().map(|row| row.get(0));
    Ok(earlier)
}

fn swap(
    session: &mut PostgresConnection,
    address: &PostgresAddress,
    earlier: &Earlier,
) -> Result<RolledBack, StoreError> {
    session.lift_limits()?;
    claim_alone(session, address.to_string())?;
    let from = lock_and_find_version(session)?;
    let path = Path::leave(session)?;
    let home = path.home.as_str();
    let kept = make_schema(session, home, &name_rolled_back(from))?;
    move_all(session, &Move { from: home, to: &kept, only: &ours_in(home, from)? })?;
    move_all(session, &Move { from: &earlier.name, to: home, only: "" })?;
    session.control(&format!("DROP SCHEMA {}", quoted(&earlier.name)))?;
    path.take_again(session)?;
    let now = find_version(session)?;
    if now != earlier.version {
        return Err(StoreError::Malformed(format!("the copy in {} is not whole", earlier.name)));
    }
    Ok(RolledBack { from, kept })
}

/// The names of ours in a schema that others use too; none where all of it is ours. Names of a later version are
/// not known.
fn ours_in(home: &str, version: i64) -> Result<String, StoreError> {
    if home == home::NAME {
        return Ok(String::new());
    }
    let tables = Schema::at(version)?.tables.into_iter().map(|table| table.name);
    Ok(tables.chain(ONLY_HERE.map(str::to_owned)).collect::<Vec<_>>().join(","))
}

struct Move<'a> {
    from: &'a str,
    to: &'a str,
    /// Names, separated by commas; all if empty.
    only: &'a str,
}

fn move_all(session: &mut PostgresConnection, way: &Move<'_>) -> Result<(), StoreError> {
    for row in session.query(MOVES, params![way.from, way.to, way.only])? {
        session.control(row.get(0))?;
    }
    Ok(())
}
