//! Audit entries and limits for the check whether a user may use a client. It comes before all
//! other steps.

use std::collections::BTreeMap;

use crate::{
    model::{AuditEvent, Client, EventKind, UserId},
    server::{
        App,
        http::Head,
        limiter::{BucketKey, Policy},
        refusal::RequestRefusal,
    },
};

/// Counts an action that leaves permanent rows: an authorization, or the audit entry of a refusal.
/// With open signup, anyone could fill the database with them.
pub(in crate::server) fn count_authorization(
    app: &App,
    user_id: UserId,
) -> Result<(), RequestRefusal> {
    app.limiter()
        .check_key(Policy::Authorization, BucketKey::User(user_id))
        .map_err(RequestRefusal::TooMany)
}

/// An audit log entry about a user and a client, with the client's name.
pub(in crate::server) fn audit_event(
    app: &App,
    head: &Head,
    kind: EventKind,
    client: &Client,
    user_id: UserId,
) -> AuditEvent {
    let mut event = app.audit_event(kind, Some(user_id), head.actor(app), head.now);
    event.data = BTreeMap::from([("clientName", client.name.to_string())]);
    event
}
