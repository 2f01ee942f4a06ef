//! Checks that the audit log reaches the syslog server.

use super::{Finding, Surroundings};
use crate::store::{StoreError, Tx, audit_events, syslog_cursor};

/// How late an entry may be, in seconds.
const LATE: i64 = 900;
/// The most entries that are looked at.
const MAX: i64 = 5_000;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let (Some(url), Some(store)) = (&around.settings.syslog, around.store()) else {
        return Ok(Vec::new());
    };
    let host = url.host_str().unwrap_or_default();
    let found = store.read_blocking(|tx: &mut Tx<'_>| {
        let Some(cursor) = syslog_cursor::find(tx)? else { return Ok::<_, StoreError>(None) };
        let next = audit_events::list_after(tx, cursor.from, MAX)?;
        let waiting = next.into_iter().find(|event| !cursor.sent.contains(&event.id));
        Ok(Some(waiting.map(|event| event.created_at)))
    })?;
    Ok(vec![match found {
        None => Finding::warning(
            format!("nothing of the audit log was sent to {host} yet"),
            "start the server with AUDIT_SYSLOG set",
        ),
        Some(Some(oldest)) if around.now.seconds_since(oldest) > LATE => Finding::problem(
            format!("the audit log was sent to {host} up to {oldest}, and not further"),
            "look for “could not send the audit log” in the log of the server",
        ),
        Some(_) => Finding::ok(format!("the audit log is sent to {host}")),
    }])
}
