//! Checks that the database opens, has this version's schema, and is intact.

use super::{Finding, NoData, Surroundings};
use crate::store::{StoreError, file_system};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let store = match around.data {
        Ok(store) => store,
        Err(NoData::Missing(path)) => {
            return Ok(vec![Finding::warning(
                format!("there is no database at {} yet", path.display()),
                "start the server, which creates it; or set DB_CONNECTION_STRING to its path",
            )]);
        }
        Err(NoData::Closed(StoreError::Older { found, supported })) => {
            return Ok(vec![Finding::warning(
                format!("the schema has version {found}, and this program needs {supported}"),
                "start the server, which migrates it and keeps a copy of an SQLite file",
            )]);
        }
        Err(NoData::Closed(error)) => return Ok(vec![Finding::of_store(error)]),
    };
    let seen = if around.is_serving { store.examine_briefly() } else { store.examine() }?;
    let mut found: Vec<_> = seen.faults.iter().map(|fault| damage(around, fault)).collect();
    found.extend(seen.unsound_rows.iter().map(|row| {
        Finding::problem(
            format!("this program cannot read {row}"),
            "correct or delete that row in the database: another program has written it",
        )
    }));
    if let Some(name) = around.file().and_then(file_system::network) {
        found.push(Finding::problem(
            format!("it is on {name}, a network file system: SQLite can lose data there"),
            "keep it on a disk of this machine, or use PostgreSQL",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok(format!("{}, intact and up to date", seen.engine)));
    }
    Ok(found)
}

fn damage(around: &Surroundings, fault: &str) -> Finding {
    match around.file() {
        Some(path) => Finding::problem(
            format!("{} is damaged: {fault}", path.display()),
            "stop the server, keep the file, and restore the latest backup",
        ),
        None => Finding::problem(fault, "ask the administrator of PostgreSQL to repair it"),
    }
}
