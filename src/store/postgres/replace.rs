//! Replaces all data of a PostgreSQL database in one transaction.

use super::{
    super::{
        StoreError, Tx,
        replace::{Drive, Load, Replacement},
        schema::{Schema, Table},
        value::params,
    },
    connect::Connector,
    migrate,
    server_claim::claim_alone,
    session::Session,
};
use crate::model::database::PostgresAddress;

/// The default isolation level suffices: the tables are locked, and other transactions wait up to
/// their own timeouts.
const BEGIN: &str = "BEGIN";

/// Drops our tables, creates them again and fills them, atomically.
pub(in crate::store) fn replace<E: From<StoreError>>(
    address: &PostgresAddress,
    mut replacement: Replacement<'_, E>,
) -> Result<(), E> {
    let (_, mut session) = Connector::connect_first(address)?;
    session.begin(BEGIN)?;
    let replaced = replace_in_transaction(&mut session, address, &mut replacement);
    match replaced {
        Ok(()) => Ok(session.control("COMMIT")?),
        Err(error) => {
            // The connection is dropped here, which rolls back the transaction in any case.
            drop(session.control("ROLLBACK"));
            Err(error)
        }
    }
}

fn replace_in_transaction<E: From<StoreError>>(
    session: &mut Session,
    address: &PostgresAddress,
    replacement: &mut Replacement<'_, E>,
) -> Result<(), E> {
    session.lift_limits()?;
    claim_alone(session, address.to_string())?;
    let found = migrate::lock_and_find_version(session)?;
    if found > Schema::NEWEST {
        return Err(StoreError::Newer { found, supported: Schema::NEWEST }.into());
    }
    if found > 0 {
        let names: Vec<_> = Schema::at(found)?.tables.into_iter().map(|table| table.name).collect();
        // Foreign objects that depend on our tables, such as views, make this fail. They are not
        // ours to drop.
        session.control(&format!("DROP TABLE {}", names.join(", ")))?;
        session.control("DELETE FROM schema_version")?;
    }
    let version = replacement.schema.version;
    migrate::take_steps(session, 0, version)?;
    let mut load = Load::postgres(Bulk::begin(session, replacement.schema)?);
    (replacement.fill)(&mut load)?;
    load.finish()?;
    migrate::take_steps(session, version, Schema::NEWEST)?;
    (replacement.complete)(&mut Tx::postgres(session))?;
    (replacement.prepare)()
}

/// Tables being filled in a transaction.
#[derive(Debug)]
pub(in crate::store) struct Bulk<'a> {
    session: &'a mut Session,
    /// The statements that restore the indexes and foreign keys.
    afterwards: Vec<String>,
}

impl<'a> Bulk<'a> {
    /// Drops indexes and foreign keys. They are restored and checked at the end, for all rows at
    /// once. Those of other programs in the same schema stay.
    pub(in crate::store) fn begin(
        session: &'a mut Session,
        schema: &Schema,
    ) -> Result<Self, StoreError> {
        const INDEXES: &str = "
            SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid)
              FROM pg_index i
             WHERE i.indrelid = ANY (TABLES)
               AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid)";
        const REFERENCES: &str = "
            SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
                   'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname)
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
