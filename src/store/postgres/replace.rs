//! Other data in the place of all that is there, in one transaction.

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

/// Nobody looks at the tables while this lasts; whoever comes waits as long as its own limits say.
const BEGIN: &str = "BEGIN";

/// Drops our tables, makes them anew, and fills them: all of it, or nothing.
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
            // The connection ends here, and with it what the transaction did.
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
        // What others have made of our tables is theirs: it makes this fail.
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

/// Tables that are being filled in a transaction.
#[derive(Debug)]
pub(in crate::store) struct Bulk<'a> {
    session: &'a mut Session,
    /// What makes the indexes and the references again.
    afterwards: Vec<String>,
}

impl<'a> Bulk<'a> {
    /// Puts indexes and references aside: at the end they are made and proven for all rows at once. Those
    /// of other programs in the same schema stay.
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
        // An unqualified name is the table that was just made: the first in the search path.
        let ours = schema.tables.iter().map(|table| format!("'{}'::regclass", table.name));
        let ours = format!("ARRAY[{}]::oid[]", ours.collect::<Vec<_>>().join(", "));
        let mut afterwards = Vec::new();
        // An index that a reference needs is one of a key, which stays.
        for sql in [INDEXES, REFERENCES] {
            for row in session.query(&sql.replace("TABLES", &ours), params![])? {
                session.control(row.get(0))?;
                afterwards.push(row.get(1));
            }
        }
        Ok(Self { session, afterwards })
    }

    /// Fills a table with the rows that `drive` hands over.
    pub(in crate::store) fn load<E: From<StoreError>>(
        &mut self,
        table: &Table,
        drive: Drive<'_, E>,
    ) -> Result<(), E> {
        self.session.copy_in(table, drive)
    }

    /// Brings indexes and references back.
    pub(in crate::store) fn finish(self) -> Result<(), StoreError> {
        self.afterwards.iter().try_for_each(|sql| self.session.control(sql))
    }
}
