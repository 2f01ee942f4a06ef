//! Clients that register themselves (RFC 7591), and change their registration (RFC 7592).

mod register;
mod update;

pub use register::{RegisteredClient, RegistrationDraft, parse_access_token, register};
pub use update::{RegistrationUpdate, update};

use super::{Act, Refusal, clients};
use crate::model::Timestamp;

/// How long a client may wait for an administrator, in seconds: a week.
const PENDING_SECONDS: i64 = 604_800;
/// How long a client may be unused, in seconds: 30 days.
pub(super) const UNUSED_SECONDS: i64 = 2_592_000;

/// When a client is deleted, unless it is in use.
fn unused_until(act: &Act<'_, '_>, is_pending: bool) -> Timestamp {
    act.now().plus(if is_pending { PENDING_SECONDS } else { UNUSED_SECONDS })
}
