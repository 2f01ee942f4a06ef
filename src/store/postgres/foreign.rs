//! Reads the tables of another program on PostgreSQL; never writes them.

use ::postgres::{Client, SimpleQueryMessage, SimpleQueryRow};

use super::{
    super::{StoreError, foreign::ForeignTables},
    connect::{config, set},
    home::TRUSTED,
    tls,
};
use crate::model::database::PostgresAddress;

/// The rows that are fetched at once.
const FETCHED: usize = 100;
/// How far the rows of a table are counted that are not read.
const COUNTED: usize = 100_000;

/// The columns of a table as an export of Pocket ID has them: bytes and JSON in base64, moments as texts
/// (RFC 3339), numbers and truth values as they are, and everything else as text.
const COLUMNS: &str = r#"
    SELECT string_agg(format(CASE
               WHEN t.typname = 'bytea' THEN
                   'translate(encode(%1$I, ''base64''), E''\n'', '''') AS %1$I'
               WHEN t.typname IN ('json', 'jsonb') THEN
                   'translate(encode(convert_to(%1$I::text, ''UTF8''), ''base64''), E''\n'', '''') AS %1$I'
               WHEN t.typname = 'timestamptz' THEN
                   'to_char(%1$I AT TIME ZONE ''UTC'', ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'') AS %1$I'
               WHEN t.typname = 'timestamp' THEN
                   'to_char(%1$I, ''YYYY-MM-DD"T"HH24:MI:SS.US"Z"'') AS %1$I'
               WHEN t.typname = 'inet' THEN 'host(%1$I) AS %1$I'
               WHEN t.typname IN ('bool', 'int2', 'int4', 'int8') THEN '%1$I'
               ELSE '%1$I::text AS %1$I' END, a.attname), ', ' ORDER BY a.attnum)
      FROM pg_attribute a
      JOIN pg_type t ON t.oid = a.atttypid
     WHERE a.attrelid = 'TABLE'::regclass AND a.attnum > 0 AND NOT a.attisdropped"#;

/// The schema in which another program has its tables. All reads see one snapshot, even while that program
/// is running. Tables that a role made which this one need not trust are passed over: they may be made to
/// look like that program's.
pub struct ForeignServer {
    client: Client,
    /// The name of the schema, quoted.
    schema: String,
}

impl ForeignServer {
    /// Whether a table is there, whoever made it.
    pub fn is_there(address: &PostgresAddress, table: &str) -> Result<bool, StoreError> {
        let mut client = connect(address)?;
        let found = rows(
            &mut client,
            &format!("SELECT pg_catalog.to_regclass('{table}'::pg_catalog.text) IS NOT NULL"),
        )?;
        Ok(found.first().is_some_and(|row| row.get(0) == Some("t")))
    }

    /// Connects, and finds the schema by a table that the program has. `None` if there is none.
    pub fn open(address: &PostgresAddress, table: &str) -> Result<Option<Self>, StoreError> {
        let mut client = connect(address)?;
        let look = format!(
            "SELECT pg_catalog.quote_ident(n.nspname::pg_catalog.text)
               FROM pg_catalog.pg_class c
               JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
              WHERE c.oid = pg_catalog.to_regclass('{table}'::pg_catalog.text)
                AND c.relowner IN {TRUSTED} AND n.nspowner IN {TRUSTED}"
        );
        let found = rows(&mut client, &look)?;
        let schema = found.first().and_then(|row| row.get(0)).map(str::to_owned);
        // From here on every name is whole, and rows that a policy hides are an error.
        client.batch_execute("SET LOCAL search_path = ''; SET LOCAL row_security = off")?;
        Ok(schema.map(|schema| Self { client, schema }))
    }

    /// Passes each row of a table to `take`, as a JSON object.
    pub fn each_row<E: From<StoreError>>(
        &mut self,
        table: &str,
        mut take: impl FnMut(&str) -> Result<(), E>,
    ) -> Result<(), E> {
        let name = self.name(table);
        let columns = COLUMNS.replace("TABLE", &name.replace('\'', "''"));
        let columns = rows(&mut self.client, &columns)?;
        let columns = columns.first().and_then(|row| row.get(0)).unwrap_or("1").to_owned();
        self.control(&format!(
            "DECLARE foreign_rows NO SCROLL CURSOR FOR
             SELECT row_to_json(r)::text FROM (SELECT {columns} FROM {name}) r"
        ))?;
        loop {
            let fetched = rows(&mut self.client, &format!("FETCH {FETCHED} FROM foreign_rows"))?;
            for row in &fetched {
                take(row.get(0).unwrap_or_default())?;
            }
            if fetched.len() < FETCHED {
                break;
            }
        }
        Ok(self.control("CLOSE foreign_rows")?)
    }

    fn control(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.client.batch_execute(sql)?)
    }

    /// The whole name of a table, quoted: it comes from the other program.
    fn name(&self, table: &str) -> String {
        format!("{}.\"{}\"", self.schema, table.replace('"', "\"\""))
    }
}

impl ForeignTables for ForeignServer {
    fn tables(&mut self) -> Result<Vec<String>, StoreError> {
        let sql = format!(
            "SELECT relname FROM pg_class
              WHERE relkind IN ('r', 'p') AND relowner IN {TRUSTED}
                AND relnamespace = '{}'::regnamespace ORDER BY 1",
            self.schema.replace('\'', "''")
        );
        let rows = rows(&mut self.client, &sql)?;
        Ok(rows.iter().filter_map(|row| row.get(0)).map(str::to_owned).collect())
    }

    fn count(&mut self, table: &str) -> Result<usize, StoreError> {
        let name = self.name(table);
        let sql = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {name} LIMIT {COUNTED}) r");
        let rows = rows(&mut self.client, &sql)?;
        Ok(rows.first().and_then(|row| row.get(0)?.parse().ok()).unwrap_or_default())
    }
}

impl std::fmt::Debug for ForeignServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForeignServer")
    }
}

/// Connects, and begins to read.
fn connect(address: &PostgresAddress) -> Result<Client, StoreError> {
    let mut client = tls::connect(&config(address)?, address.tls())?;
    client.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    client.batch_execute(&set(address.settings(), true))?;
    client.batch_execute("SET LOCAL statement_timeout = 0")?;
    Ok(client)
}

fn rows(client: &mut Client, sql: &str) -> Result<Vec<SimpleQueryRow>, StoreError> {
    let messages = client.simple_query(sql)?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    Ok(rows.collect())
}
