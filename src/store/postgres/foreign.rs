//! Reads the tables of another program on PostgreSQL; never writes them.

use ::postgres::Client;

use super::{
    super::{StoreError, foreign::ForeignTables},
    connect::{config, set},
    home::{self, NAME},
    schemas::{SchemaSeen, SchemasSeen, TRUSTED, rows},
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
/// is running.
pub struct ForeignServer {
    client: Client,
    /// The name of the schema, quoted.
    schema: String,
}

impl ForeignServer {
    /// Whether a Pocket ID has tables in the search path, of any owner.
    pub fn is_there(address: &PostgresAddress) -> Result<bool, StoreError> {
        let seen = SchemasSeen::look(&mut connect(address)?, NAME, None)?;
        Ok(seen.in_path.iter().any(|schema| schema.has_pocket_id))
    }

    /// Whether the database has tables of another installation, of ours or of a Pocket ID, in whatever schema.
    pub fn has_traces(address: &PostgresAddress) -> Result<bool, StoreError> {
        home::has_traces(&mut tls::connect(&config(address)?, address.tls())?, address)
    }

    /// Connects, and finds the first schema in which a Pocket ID has its tables. `None` if there is none. Tables that a
    /// role made which this one need not trust are refused: they may be made to look like that program's.
    pub fn open(address: &PostgresAddress) -> Result<Option<Self>, StoreError> {
        let mut client = connect(address)?;
        let seen = SchemasSeen::look(&mut client, NAME, None)?;
        // From here on every name is whole, and rows that a policy hides are an error.
        client.batch_execute("SET LOCAL row_security = off")?;
        let is_trusted = |schema: &&SchemaSeen| schema.is_trusted && schema.is_trusted_pocket_id;
        match seen.in_path.iter().find(is_trusted) {
            Some(schema) if !schema.may_use => {
                Err(StoreError::OutOfReach { schema: schema.quoted.clone() })
            }
            Some(schema) => Ok(Some(Self { client, schema: schema.quoted.clone() })),
            None if seen.in_path.iter().any(|schema| schema.has_pocket_id) => {
                Err(StoreError::OfAnotherRole { object: "table oidc_clients of a Pocket ID" })
            }
            None => Ok(None),
        }
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
