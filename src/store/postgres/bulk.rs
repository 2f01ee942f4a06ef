//! Bulk writing of rows to PostgreSQL.

use super::{
    super::{
        StoreError,
        bulk::Drive,
        schema::{Schema, Table},
        value::params,
    },
    session::PostgresConnection,
};

/// Tables being filled in a transaction.
#[derive(Debug)]
pub(in crate::store) struct Bulk<'a> {
    session: &'a mut PostgresConnection,
    /// The statements that restore the indexes and foreign keys.
    afterwards: Vec<String>,
}

impl<'a> Bulk<'a> {
    /// Drops indexes and foreign keys. They are restored and checked at the end, for all rows at
    /// once. Those of other programs in the same schema stay.
    pub(in crate::store) fn begin(
        session: &'a mut PostgresConnection,
        schema: &Schema,
    ) -> Result<Self, StoreError> {
        const INDEXES: &str = "
            SELECT 'DROP INDEX ' || i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
              FROM pg_index i
             WHERE i.indrelid = ANY (TABLES)
               AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)";
        const REFERENCES: &str = "
            SELECT 'ALTER TABLE ' || conrelid::regclass::text || ' DROP CONSTRAINT ' || quote_ident(conname::text),
                   'ALTER TABLE ' || conrelid::regclass::text || ' ADD CONSTRAINT ' || quote_ident(conname::text)
                       || ' ' || pg_get_constraintdef(oid)
              FROM pg_constraint
             WHERE contype = 'f' AND conrelid = ANY (TABLES)";
        // An unqualified name resolves to the new table, in the first schema of the search path.
        let ours = schema.tables.iter().map(|table| format!("'{}'::regclass", table.name));
        let ours = format!("ARRAY[{}]::oid[]", ours.collect::<Vec<_>>().join(", "));
        let mut afterwards = Vec::new();
        // Foreign keys need only the indexes of primary and unique keys, which stay.
        for sql in [INDEXES, REFERENCES] {
            for row in session.query(&sql.replace("TABLES", &ours), params![])? {
                session.control(row.get(0))?;
                afterwards.push(row.get(1));
            }
        }
        Ok(Self { session, afterwards })
    }

    /// Fills a table with the rows from `drive`.
    pub(in crate::store) fn load<E: From<StoreError>>(
        &mut self,
        table: &Table,
        drive: Drive<'_, E>,
    ) -> Result<(), E> {
        self.session.copy_in(table, drive)
    }

    /// Restores indexes and foreign keys.
    pub(in crate::store) fn finish(self) -> Result<(), StoreError> {
        self.afterwards.iter().try_for_each(|sql| self.session.control(sql))
    }
}
