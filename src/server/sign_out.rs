//! The end of a browser session, and what follows from it.

use std::sync::Arc;

use uuid::Uuid;

use super::App;
use crate::{
    model::{AuditEvent, Session, Timestamp},
    store::{StoreError, Tx, audit_events, sign_out},
};

/// A session that is to end.
#[derive(Debug)]
pub(super) struct SignOut<'a> {
    app: &'a Arc<App>,
    ending: Ending,
}

#[derive(Debug, Clone)]
struct Ending {
    session: Session,
    event: Option<AuditEvent>,
    /// Names the notices; each client gets one.
    notice: Uuid,
    now: Timestamp,
}

impl<'a> SignOut<'a> {
    /// The end of a session.
    pub(super) fn new(app: &'a Arc<App>, session: Session, now: Timestamp) -> Self {
        let notice = app.new_id(now);
        Self { app, ending: Ending { session, event: None, notice, now } }
    }

    /// It is told in the audit log.
    pub(super) fn audited(mut self, event: AuditEvent) -> Self {
        self.ending.event = Some(event);
        self
    }

    /// Ends it. `false` when it had ended already.
    pub(super) async fn run(self) -> Result<bool, StoreError> {
        let ending = self.ending;
        let (has_ended, is_told) = self.app.store().write(move |tx| ending.run(tx)).await?;
        if is_told {
            self.app.backchannel_logout_queue().notify_one();
        }
        Ok(has_ended)
    }
}

impl Ending {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(bool, bool), StoreError> {
        let ended = sign_out::end_session(tx, &self.session, self.notice, self.now)?;
        let Some(told) = ended else { return Ok((false, false)) };
        if let Some(event) = &self.event {
            audit_events::insert(tx, event)?;
        }
        Ok((true, !told.is_empty()))
    }
}
