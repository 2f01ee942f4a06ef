//! Storing rows with their permission.

use super::{NewRow, Payer};
use crate::{
    server::{App, refusal::RequestRefusal},
    store::{
        StoreError, Tx,
        room::{PendingTable, Room},
    },
};

impl App {
    /// The permission to store a row that an unauthenticated caller can cause. Every such row needs
    /// it.
    pub(in crate::server) fn room_for(
        &self,
        table: PendingTable,
        payer: Payer,
        row: &NewRow,
    ) -> Result<Room, RequestRefusal> {
        self.pending().room_for(self.limiter(), table, payer, row).map_err(RequestRefusal::TooMany)
    }

    /// Stores a row with its permission. If that fails, the room is given back.
    pub(in crate::server) async fn store_row<E: From<StoreError> + Send + 'static>(
        &self,
        room: Room,
        insert: impl Fn(&mut Tx<'_>, &Room) -> Result<(), E> + Send + 'static,
    ) -> Result<(), E> {
        let inside = room.clone();
        let stored = self.store().write(move |tx| insert(tx, &inside)).await;
        if stored.is_err() {
            room.was_not_used();
        }
        stored
    }
}
