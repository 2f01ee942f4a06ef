//! Accounts of hosts, and their groups.

mod create;
mod delete;
mod of_user;
mod update;

pub use create::{MAX_SSH_ACCOUNTS, SshAccountDraft, create};
pub use delete::{delete, frees_name};
pub use of_user::{SshReach, names, of_user, reach};
pub use update::{SshAccountChange, update};

use std::collections::BTreeSet;

use super::{Act, Noun, Refusal, SshRefusal};
use crate::{
    model::{EventKind, GroupId, SshAccount, SshAccountId, SshAccountName, view::SshAccountView},
    store::{
        StoreError, Tx, groups,
        list::{ListPage, ListQuery},
        ssh_accounts,
    },
};

/// Finds an account, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: SshAccountId) -> Result<SshAccount, Refusal> {
    ssh_accounts::find(tx, id)?.ok_or(Refusal::NotFound(Noun::SshAccount))
}

/// An account with its groups, as administrators see it.
pub fn shown(tx: &mut Tx<'_>, account: &SshAccount) -> Result<SshAccountView, StoreError> {
    let groups = groups::list_of_ssh_account(tx, account.id)?;
    Ok(SshAccountView::of(account, &groups))
}

/// A page of accounts, as administrators see them.
pub fn shown_page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
) -> Result<ListPage<SshAccountView>, StoreError> {
    let ListPage { items, total, page, limit } = ssh_accounts::page(tx, query)?;
    let items: Result<Vec<_>, _> = items.iter().map(|account| shown(tx, account)).collect();
    Ok(ListPage { items: items?, total, page, limit })
}

/// Refuses an account that has a row already.
fn refuse_taken(
    act: &mut Act<'_, '_>,
    id: SshAccountId,
    account: &SshAccountName,
) -> Result<(), Refusal> {
    match ssh_accounts::find_by_account(act, account)? {
        Some(owner) if owner.id != id => Err(SshRefusal::AccountInUse(owner.account).into()),
        _ => Ok(()),
    }
}

/// Sets exactly these groups. Ignores groups that do not exist. `true` when they changed.
fn replace_groups(
    act: &mut Act<'_, '_>,
    id: SshAccountId,
    wanted: &BTreeSet<GroupId>,
) -> Result<bool, StoreError> {
    let mut known = BTreeSet::new();
    for group in wanted {
        known.extend(groups::find(act, *group)?.map(|group| group.id));
    }
    let old = groups::list_of_ssh_account(act, id)?;
    if known == old.iter().map(|group| group.id).collect() {
        return Ok(false);
    }
    ssh_accounts::replace_groups(act, id, known)?;
    Ok(true)
}

fn audit(
    act: &mut Act<'_, '_>,
    kind: EventKind,
    account: &SshAccount,
    more: Option<(&'static str, String)>,
) -> Result<(), Refusal> {
    let data = [("account", account.account.to_string())];
    Ok(act.audit(kind, account.id, data.into_iter().chain(more))?)
}
