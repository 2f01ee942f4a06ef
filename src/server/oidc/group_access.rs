//! What follows from the question whether somebody may use a client at all: it is asked before anything else is
//! asked of them.

use std::collections::BTreeMap;

use crate::{
    model::{AuditEvent, Client, EventKind, UserId},
    server::{
        App,
        http::Head,
        limiter::{Key, Policy},
        refusal::Refusal,
    },
};

/// Counts what leaves rows that stay: an authorization, or the audit entry of a refusal. Where anybody may
/// sign up, anybody could fill the database with them.
pub(in crate::server) fn count_authorization(app: &App, user_id: UserId) -> Result<(), Refusal> {
    app.limiter().check_key(Policy::Authorization, Key::User(user_id)).map_err(Refusal::TooMany)
}

/// The audit entry about a user and a client, which it names.
pub(in crate::server) fn audit_event(
    app: &App,
    head: &Head,
    kind: EventKind,
    (client, user_id): (&Client, UserId),
) -> AuditEvent {
    let mut event = app.audit_event(kind, Some(user_id), head.actor(), head.now);
    event.data = BTreeMap::from([("clientName", client.name.to_string())]);
    event
}
