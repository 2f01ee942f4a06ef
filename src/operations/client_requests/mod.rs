//! Clients that wait for an administrator: those that registered themselves (RFC 7591), and addresses of
//! client metadata documents that are not on the allowlist.

mod approve;
mod list;
mod refuse;
mod request;

pub use approve::{Approval, approve};
pub use list::list;
pub use refuse::refuse;
pub use request::{DocumentRequest, request};

use super::{Act, Noun, Refusal, clients};
use crate::{
    model::{ClientId, EventKind},
    store::StoreError,
};

/// Writes an audit entry about an address. Its document was not fetched, so its name is unknown.
fn audit_address(act: &mut Act<'_, '_>, kind: EventKind, id: &ClientId) -> Result<(), StoreError> {
    act.audit(kind, id, [("clientId", id.to_string()), ("clientName", id.to_string())])
}
