//! Hosts behind forward auth.

mod create;
mod delete;
mod groups;
mod update;

pub use create::{MAX_PROTECTED_HOSTS, ProtectedHostDraft, create};
pub use delete::delete;
pub use groups::may_enter;
pub use update::{ProtectedHostChange, update};

use super::{Act, Noun, Refusal};
use crate::{
    model::{EventKind, HostAddress, ProtectedHost, ProtectedHostId, view::ProtectedHostView},
    store::{
        StoreError, Tx, groups as group_rows,
        list::{ListPage, ListQuery},
        protected_hosts,
    },
};

/// Finds a protected host, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: ProtectedHostId) -> Result<ProtectedHost, Refusal> {
    protected_hosts::find(tx, id)?.ok_or(Refusal::NotFound(Noun::ProtectedHost))
}

/// A protected host with its groups, as administrators see it.
pub fn shown(tx: &mut Tx<'_>, host: &ProtectedHost) -> Result<ProtectedHostView, StoreError> {
    let groups = group_rows::list_of_protected_host(tx, host.id)?;
    Ok(ProtectedHostView::of(host, &groups))
}

/// A page of protected hosts, as administrators see them.
pub fn shown_page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
) -> Result<ListPage<ProtectedHostView>, StoreError> {
    let ListPage { items, total, page, limit } = protected_hosts::page(tx, query)?;
    let items: Result<Vec<_>, _> = items.iter().map(|host| shown(tx, host)).collect();
    Ok(ListPage { items: items?, total, page, limit })
}

/// Refuses a host that is protected already.
fn refuse_taken(
    act: &mut Act<'_, '_>,
    id: ProtectedHostId,
    host: &HostAddress,
) -> Result<(), Refusal> {
    match protected_hosts::find_by_host(act, host)? {
        Some(owner) if owner.id != id => Err(Refusal::ProtectedHostInUse(owner.host)),
        _ => Ok(()),
    }
}

/// Refuses a host that cannot be protected: that of this server, whose address is the issuer, or one without a port that
/// can be reached.
fn refuse_unfit(host: &HostAddress, issuer: &str) -> Result<(), Refusal> {
    if host.is_of(issuer) {
        return Err(Refusal::ProtectedHostIsIssuer(host.clone()));
    }
    host.check_port().map_err(|error| Refusal::Field { field: "host", error })
}

/// Refuses rules that contradict each other.
fn check(host: &ProtectedHost) -> Result<(), Refusal> {
    host.headers.check().map_err(|error| Refusal::Field { field: "headers", error })?;
    ProtectedHost::check_session(host.session_seconds)
        .map_err(|error| Refusal::Field { field: "sessionDurationMinutes", error })?;
    Ok(())
}

fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    host: &ProtectedHost,
    more: Option<(&'static str, String)>,
) -> Result<(), Refusal> {
    let data = [("host", host.host.to_string())];
    Ok(act.audit(kind, host.id, data.into_iter().chain(more))?)
}
