//! `audit_events`: the audit log; entries are added, never changed.

use super::{StoreError, Tx, value::params};
use crate::model::{Actor, AuditEvent};

const INSERT: &str = "
    INSERT INTO audit_events (id, kind, user_id, actor, ip_address, user_agent, data, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Adds an entry, in the transaction of what it tells of.
pub fn insert(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    let (ip_address, user_agent) = match &event.actor {
        Actor::Cli | Actor::Client => (None, None),
        Actor::User { ip_address, user_agent } => (Some(ip_address), Some(user_agent)),
    };
    tx.execute(
        INSERT,
        params![
            event.id,
            event.kind.as_str(),
            event.user_id,
            event.actor.as_str(),
            ip_address,
            user_agent,
            serde_json::to_string(&event.data).unwrap_or_default(),
            event.created_at,
        ],
    )?
    .expect_rows(1)
}
