//! The schemas of a database: whose they are, and whose tables are in them.
//!
//! Other roles may be allowed to make schemas, tables, functions and operators in the same database, and the
//! search path of a new connection may lead through them. So the schemas of that path are named first, with
//! nothing but functions of PostgreSQL's own by their whole names; everything else is asked with an empty path.

use ::postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::super::StoreError;

/// The roles that this one has to trust: itself and those that it is a member of, the owner of the database,
/// and those that may do everything. Ask with an empty search path.
pub(super) const TRUSTED: &str = "
    (SELECT oid FROM pg_roles
      WHERE rolname IN (current_user, 'pg_database_owner') OR rolsuper
         OR (pg_has_role(oid, 'USAGE')
             AND NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
         OR oid = (SELECT datdba FROM pg_database WHERE datname = current_database()))";

/// Ends the influence of other roles until the transaction ends.
pub(super) const EMPTY_PATH: &str = "SET LOCAL search_path = ''";

/// The search path, and the schemas in it that this role may use.
const PATH: &str = "
    SELECT pg_catalog.current_setting('search_path'::pg_catalog.text)
    UNION ALL
    SELECT * FROM (SELECT pg_catalog.unnest(pg_catalog.current_schemas(false))::pg_catalog.text) path";

/// The owners and the main tables of the schemas. Reads the catalogue, which also shows schemas that this role may not use.
const LOOK: &str = "
    SELECT n.nspname, quote_ident(n.nspname), n.nspowner IN TRUSTED, has_schema_privilege(n.oid, 'CREATE'),
           COALESCE(bool_or(c.relname = 'schema_version'), false),
           COALESCE(bool_or(c.relname = 'meta') AND bool_and(c.relowner IN TRUSTED)
               FILTER (WHERE c.relname IN ('schema_version', 'meta', 'users')), false),
           COALESCE(bool_or(c.relname = 'oidc_clients'), false),
           COALESCE(bool_and(c.relowner IN TRUSTED) FILTER (WHERE c.relname = 'oidc_clients'), false)
      FROM pg_namespace n
      LEFT JOIN pg_class c ON c.relnamespace = n.oid
       AND c.relname IN ('schema_version', 'meta', 'users', 'oidc_clients')
     WHERE n.nspname IN (NAMES)
     GROUP BY n.oid, n.nspname, n.nspowner";

/// A schema.
#[derive(Debug)]
pub(super) struct SchemaSeen {
    pub(super) name: String,
    /// The name as it is written in SQL.
    pub(super) quoted: String,
    /// Whether its owner is to be trusted.
    pub(super) is_trusted: bool,
    /// Whether this role may make tables in it.
    pub(super) may_create: bool,
    /// Whether there is a table `schema_version`, of any owner.
    pub(super) has_version: bool,
    /// Whether tables of ours are there, which others cannot have made.
    pub(super) has_ours: bool,
    /// Whether a Pocket ID has tables there, of any owner.
    pub(super) has_pocket_id: bool,
    /// Whether others cannot have made those.
    pub(super) is_trusted_pocket_id: bool,
}

/// The schemas of the search path, in its order, and the one with our name.
#[derive(Debug)]
pub(super) struct SchemasSeen {
    /// Whether the search path is the one that PostgreSQL has by itself.
    pub(super) is_usual_path: bool,
    /// Those of the search path.
    pub(super) in_path: Vec<SchemaSeen>,
    /// Ours by its name, unless it is in the path.
    pub(super) beside: Option<SchemaSeen>,
    /// Whether this role may make schemas.
    pub(super) may_make: bool,
}

impl SchemasSeen {
    /// Looks, in a transaction of the caller, whose search path is empty afterwards.
    pub(super) fn look(client: &mut Client, ours: &str) -> Result<Self, StoreError> {
        let mut path = column(&rows(client, PATH)?).into_iter();
        let setting = path.next().unwrap_or_default();
        let path: Vec<String> = path.collect();
        client.batch_execute(EMPTY_PATH)?;
        let names: Vec<_> = path.iter().map(String::as_str).chain([ours]).map(literal).collect();
        let look = LOOK.replace("TRUSTED", TRUSTED).replace("NAMES", &names.join(", "));
        let mut seen: Vec<_> = rows(client, &look)?.iter().map(SchemaSeen::of).collect();
        let may = "SELECT has_database_privilege(current_database(), 'CREATE')";
        let place = |seen: &SchemaSeen| path.iter().position(|name| *name == seen.name);
        seen.sort_by_key(place);
        let (in_path, beside): (Vec<_>, Vec<_>) =
            seen.into_iter().partition(|seen| place(seen).is_some());
        Ok(Self {
            is_usual_path: matches!(
                setting.as_str(),
                "\"$user\", public" | "\"$user\",public" | "public"
            ),
            in_path,
            beside: beside.into_iter().next(),
            may_make: column(&rows(client, may)?) == ["t"],
        })
    }
}

impl SchemaSeen {
    fn of(row: &SimpleQueryRow) -> Self {
        let text = |column: usize| row.get(column).unwrap_or_default().to_owned();
        let is = |column: usize| row.get(column) == Some("t");
        Self {
            name: text(0),
            quoted: text(1),
            is_trusted: is(2),
            may_create: is(3),
            has_version: is(4),
            has_ours: is(4) && is(5),
            has_pocket_id: is(6),
            is_trusted_pocket_id: is(7),
        }
    }
}

/// A text literal in SQL, independent of how the server treats backslashes.
pub(super) fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The rows of a query.
pub(super) fn rows(client: &mut Client, sql: &str) -> Result<Vec<SimpleQueryRow>, StoreError> {
    let messages = client.simple_query(sql)?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(rows.collect())
}

fn column(rows: &[SimpleQueryRow]) -> Vec<String> {
    rows.iter().filter_map(|row| row.get(0)).map(str::to_owned).collect()
}
