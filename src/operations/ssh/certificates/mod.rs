//! Certificates of users and hosts.

mod issue;
mod krl;
mod revoke;
mod sign;
mod sign_host;

pub use issue::{IssueOutcome, IssueRequest, MAX_OF_USER, MIN_SECONDS, issue};
pub use krl::{RevocationList, revoked};
pub use revoke::{revoke, revoke_own};
pub use sign::IssuedCertificate;
pub use sign_host::{HostRequest, MAX_HOST_SECONDS, MIN_HOST_SECONDS, sign_host};

use super::{Act, Noun, Refusal, SshRefusal, accounts, ca_keys, client_id};
use crate::{
    model::{SshCertificateRecord, Timestamp, UserId, view::SshCertificateView},
    store::{
        StoreError, Tx,
        list::{ListPage, ListQuery},
        ssh_certificates,
    },
};

/// The most certificates that are good at a time.
const MAX: i64 = 100_000;

/// A page of the certificates that are good.
pub fn shown_page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<SshCertificateView>, StoreError> {
    let ListPage { items, total, page, limit } = ssh_certificates::page(tx, query, now)?;
    let items: Result<Vec<_>, _> = items.iter().map(|one| shown(tx, one)).collect();
    Ok(ListPage { items: items?, total, page, limit })
}

/// The certificates of a user that are good.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<SshCertificateView>, StoreError> {
    let records = ssh_certificates::list_of_user(tx, user_id, now)?;
    records.iter().map(|one| shown(tx, one)).collect()
}

fn shown(tx: &mut Tx<'_>, record: &SshCertificateRecord) -> Result<SshCertificateView, StoreError> {
    let principals = ssh_certificates::principals(tx, record.id)?;
    Ok(SshCertificateView::of(record, &principals))
}

/// A number for a certificate: 63 random bits, since databases have signed numbers only.
fn new_serial(act: &Act<'_, '_>) -> i64 {
    let number = i64::from_be_bytes(act.random::<8>()) & i64::MAX;
    // Zero stands for certificates without a number, which no list can revoke.
    number.max(1)
}

fn unix(at: Timestamp) -> u64 {
    u64::try_from(at.as_unix()).unwrap_or(0)
}

/// Refuses another certificate beyond [`MAX`].
fn refuse_many(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Refusal> {
    if ssh_certificates::count(tx, now)? >= MAX {
        return Err(SshRefusal::TooManyCertificates.into());
    }
    Ok(())
}
