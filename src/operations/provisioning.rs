//! Notes that users or groups changed, so that SCIM providers are synchronised soon.

use super::Act;
use crate::{
    model::MessageKind,
    store::{
        StoreError,
        outbox::{self, Lane, MessageContent, NewMessage},
        scim_providers,
    },
};

/// How long a synchronisation waits for further changes, in seconds. Pocket ID 2.14 waits for five minutes;
/// a disabled user should lose their accounts sooner.
const DELAY: i64 = 30;
/// How long a synchronisation is tried, in seconds. A new one is due each hour anyway.
const LIFETIME: i64 = 86_400;

/// Asks for a synchronisation of every provider. Call it in the transaction of any change of users,
/// groups, members or groups of clients.
pub(super) fn note_change(act: &mut Act<'_, '_>) -> Result<(), StoreError> {
    let due_at = act.now().plus(DELAY);
    for id in scim_providers::ids(act)? {
        let message_id = act.new_id();
        let lane = Lane { kind: MessageKind::Scim, recipient: id.to_string() };
        let message = NewMessage {
            id: message_id,
            lane: &lane,
            content: &MessageContent::Plain("{}".to_owned()),
            due_at,
            expires_at: due_at.plus(LIFETIME),
        };
        outbox::insert_unless_waiting(act, &message)?;
    }
    Ok(())
}
