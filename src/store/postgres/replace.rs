//! Replaces all data of a PostgreSQL database in one transaction.

use super::{
    super::{
        StoreError, Tx,
        load::{Load, Replacement},
        schema::Schema,
    },
    bulk::Bulk,
    connect::Connector,
    migrate, migrations,
    server_claim::claim_alone,
    session::PostgresConnection,
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
    session: &mut PostgresConnection,
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
        session.control(migrations::DROP_COUNTS)?;
        session.control("DELETE FROM schema_version")?;
    }
    let version = replacement.schema.version;
    migrations::take_steps(session, 0, version)?;
    let mut load = Load::postgres(Bulk::begin(session, replacement.schema)?);
    (replacement.fill)(&mut load)?;
    load.finish()?;
    migrations::take_steps(session, version, Schema::NEWEST)?;
    (replacement.complete)(&mut Tx::postgres(session))?;
    (replacement.prepare)()
}
