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

/// The name in a search path that stands for the name of this role.
const USER: &str = "$user";

/// The search path, and the name that `"$user"` stands for.
const PATH: &str = "
    SELECT pg_catalog.current_setting('search_path'::pg_catalog.text), current_user::pg_catalog.text";

/// The owners and the main tables of the schemas. Reads the catalogue, which also shows schemas that this
/// role may not use. A role that cannot sign in creates nothing. Functions and operators run with the
/// rights of their caller, also after their owner has lost the right to create more.
const LOOK: &str = "
    SELECT n.nspname, quote_ident(n.nspname::text), n.nspowner IN TRUSTED,
           has_schema_privilege(n.oid, 'CREATE'), has_schema_privilege(n.oid, 'USAGE'),
           EXISTS (SELECT 1
                     FROM aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) g
                    WHERE g.privilege_type = 'CREATE' AND g.grantee NOT IN TRUSTED
                      AND EXISTS (SELECT 1 FROM pg_roles r
                                   WHERE r.rolcanlogin AND r.oid NOT IN TRUSTED
                                     AND (g.grantee = 0 OR pg_has_role(r.oid, g.grantee, 'MEMBER')))),
           EXISTS (SELECT 1 FROM pg_proc p WHERE p.pronamespace = n.oid AND p.proowner NOT IN TRUSTED)
               OR EXISTS (SELECT 1 FROM pg_operator o
                           WHERE o.oprnamespace = n.oid AND o.oprowner NOT IN TRUSTED),
           COALESCE(bool_or(c.relname = 'schema_version'), false),
           COALESCE(bool_or(c.relname = 'meta') AND bool_and(c.relowner IN TRUSTED)
               FILTER (WHERE c.relname IN ('schema_version', 'meta', 'users')), false),
           COALESCE(bool_or(c.relname = 'oidc_clients'), false),
           COALESCE(bool_and(c.relowner IN TRUSTED) FILTER (WHERE c.relname = 'oidc_clients'), false)
      FROM pg_namespace n
      LEFT JOIN pg_class c ON c.relnamespace = n.oid
       AND c.relname IN ('schema_version', 'meta', 'users', 'oidc_clients')
     WHERE n.nspname IN (NAMES)
     GROUP BY n.oid, n.nspname, n.nspowner, n.nspacl";

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
    /// Whether this role has the privilege `USAGE`.
    pub(super) may_use: bool,
    /// Whether a role that is not to be trusted may make something in it.
    others_may_create: bool,
    /// Whether such a role has functions or operators in it.
    has_code_of_others: bool,
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
    /// Whether the address names the search path.
    pub(super) is_named: bool,
    /// Whether the address names exactly one schema, which is then trusted with any owner.
    pub(super) is_vouched_for: bool,
    /// Whether the search path is the one that PostgreSQL has by itself.
    pub(super) is_usual_path: bool,
    /// Those of the search path, also the ones that this role may not use.
    pub(super) in_path: Vec<SchemaSeen>,
    /// Ours by its name, unless it is in the path.
    pub(super) beside: Option<SchemaSeen>,
    /// Whether this role may make schemas.
    pub(super) may_make: bool,
}

impl SchemasSeen {
    /// Looks, in a transaction of the caller, whose search path is empty afterwards. `named` is the search path of the
    /// address, if it has one.
    pub(super) fn look(
        client: &mut Client,
        ours: &str,
        named: Option<&str>,
    ) -> Result<Self, StoreError> {
        let rows_of_path = rows(client, PATH)?;
        let text =
            |column| rows_of_path.first().and_then(|row| row.get(column)).unwrap_or_default();
        let setting = named.unwrap_or(text(0));
        let path = in_path(setting, text(1));
        client.batch_execute(EMPTY_PATH)?;
        let names: Vec<_> = path.iter().map(String::as_str).chain([ours]).map(literal).collect();
        let look = LOOK.replace("TRUSTED", TRUSTED).replace("NAMES", &names.join(", "));
        let mut seen: Vec<_> = rows(client, &look)?.iter().map(SchemaSeen::of).collect();
        let may = "SELECT has_database_privilege(current_database(), 'CREATE')";
        let may = rows(client, may)?;
        let place = |seen: &SchemaSeen| path.iter().position(|name| *name == seen.name);
        seen.sort_by_key(place);
        let (in_path, beside): (Vec<_>, Vec<_>) =
            seen.into_iter().partition(|seen| place(seen).is_some());
        Ok(Self {
            is_named: named.is_some(),
            is_vouched_for: named.is_some_and(|named| path.len() == 1 && !named.contains(USER)),
            is_usual_path: named.is_none() && (path == [text(1), "public"] || path == ["public"]),
            in_path,
            beside: beside.into_iter().next(),
            may_make: may.first().is_some_and(|row| row.get(0) == Some("t")),
        })
    }
}

/// The names in a search path (PostgreSQL manual, "search_path"): separated by commas, those in quotes as they are, with
/// doubled quotes for one, and the others in small letters.
fn in_path(setting: &str, user: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let mut is_quoted = false;
    let mut letters = setting.chars().peekable();
    while let Some(letter) = letters.next() {
        let name = names.last_mut().expect("it begins with one");
        match letter {
            '"' if is_quoted && letters.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => is_quoted = !is_quoted,
            letter if is_quoted => name.push(letter),
            ',' => names.push(String::new()),
            letter if letter.is_whitespace() => {}
            letter => name.push(letter.to_ascii_lowercase()),
        }
    }
    let resolved = names.into_iter().map(|name| if name == USER { user.to_owned() } else { name });
    resolved.filter(|name| !name.is_empty()).collect()
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
            may_use: is(4),
            others_may_create: is(5),
            has_code_of_others: is(6),
            has_version: is(7),
            has_ours: is(7) && is(8),
            has_pocket_id: is(9),
            is_trusted_pocket_id: is(10),
        }
    }

    /// Whether code of roles that are not to be trusted could run as this one.
    pub(super) fn is_open_to_others(&self) -> bool {
        self.others_may_create || self.has_code_of_others
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

/// The name of a schema as it is written in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::in_path;

    #[test]
    fn the_names_in_a_search_path_are_found() {
        assert_eq!(in_path("\"$user\", public", "me"), ["me", "public"]);
        assert_eq!(in_path("App,\"A b\",\"a\"\"b\", ", "me"), ["app", "A b", "a\"b"]);
        assert_eq!(in_path("\"\"\"a\", \"b,c\"", "me"), ["\"a", "b,c"]);
        assert!(in_path("", "me").is_empty());
    }
}
