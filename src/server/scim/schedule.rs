//! Asks for a synchronisation of each provider once an hour.

use crate::{
    model::{MessageKind, Timestamp},
    server::App,
    store::{
        StoreError, Tx,
        outbox::{self, Lane, MessageContent, NewMessage},
        scim_providers,
    },
};

/// How long after the last synchronisation the next one is due, in seconds (Pocket ID 2.14). It finds
/// changes at the endpoint.
const INTERVAL: i64 = 3_600;
/// How long it is tried, in seconds.
const LIFETIME: i64 = 86_400;

/// Asks for the synchronisations that are due. The server that cleans up calls it.
pub(in crate::server) async fn schedule(app: &App, now: Timestamp) -> Result<(), StoreError> {
    let since = now.plus(-INTERVAL);
    let read = move |tx: &mut Tx<'_>| scim_providers::list_untried_since(tx, since, now);
    let due = app.store().read(read).await?;
    if due.is_empty() {
        return Ok(());
    }
    let due: Vec<_> = due.into_iter().map(|id| (id, app.new_id(now))).collect();
    let asked = app.store().write(move |tx| {
        for (provider, id) in &due {
            let lane = Lane { kind: MessageKind::Scim, recipient: provider.to_string() };
            let message = NewMessage {
                id: *id,
                lane: &lane,
                content: &MessageContent::Plain("{}".to_owned()),
                due_at: now,
                expires_at: now.plus(LIFETIME),
            };
            outbox::insert_unless_waiting(tx, &message)?;
        }
        Ok::<_, StoreError>(())
    });
    asked.await?;
    app.outbox().notify_one();
    Ok(())
}
