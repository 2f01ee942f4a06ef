//! Users whose name and passkeys administrators look at, before `{username}` lets them in.

mod confirm;
mod given_name;
mod withdraw;

pub use confirm::{SeenSshUser, confirm};
pub use given_name::note_given_name;
pub use withdraw::withdraw;

use std::collections::BTreeSet;

use super::{
    Act, Noun, Refusal, SshRefusal,
    accounts::{self, SshReach},
};
use crate::{
    model::{SshPrincipal, SshUser, Timestamp, UserId, view::SshUserView},
    store::{
        StoreError, Tx,
        list::{ListPage, ListQuery},
        ssh_users,
    },
};

/// A page of the users who may enter accounts of hosts, and of those who wait, as administrators see them.
pub fn shown_page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<SshUserView>, StoreError> {
    let ListPage { items, total, page, limit } = ssh_users::page(tx, query, now)?;
    let named = accounts::names(tx)?;
    let items: Result<Vec<_>, _> = items.iter().map(|one| view(tx, one, &named, now)).collect();
    Ok(ListPage { items: items?, total, page, limit })
}

/// One of them, or of the other users.
pub fn shown(tx: &mut Tx<'_>, id: UserId, now: Timestamp) -> Result<SshUserView, Refusal> {
    let user = ssh_users::show(tx, id)?.ok_or(Refusal::NotFound(Noun::User))?;
    let named = accounts::names(tx)?;
    Ok(view(tx, &user, &named, now)?)
}

/// Users who wait.
#[derive(Debug)]
pub struct WaitingUsers {
    /// Those who lack something until an administrator confirms them.
    pub users: Vec<SshUserView>,
    /// Whether there may be more of them.
    pub has_more: bool,
}

/// Finds users who lack something until an administrator confirms them, among the first `most` who might.
pub fn waiting(tx: &mut Tx<'_>, now: Timestamp, most: usize) -> Result<WaitingUsers, StoreError> {
    let named = accounts::names(tx)?;
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let found = ssh_users::list_waiting(tx, now, limit)?;
    let users: Result<Vec<_>, _> = found.iter().map(|one| view(tx, one, &named, now)).collect();
    let mut users = users?;
    // The name of a system's account, or of a row, opens nothing either way.
    users.retain(|user| !user.accounts_when_confirmed().is_empty());
    Ok(WaitingUsers { users, has_more: found.len() >= most })
}

fn view(
    tx: &mut Tx<'_>,
    user: &SshUser,
    named: &BTreeSet<String>,
    now: Timestamp,
) -> Result<SshUserView, StoreError> {
    let reach = if user.can_sign_in {
        accounts::reach(tx, user.id, &user.username, named, now)?
    } else {
        SshReach::default()
    };
    let now_good = match (user.state.gets_certificates(), user.state.is_confirmed()) {
        (false, _) => BTreeSet::new(),
        (true, false) => reach.by_rows.clone(),
        (true, true) => reach.all(),
    };
    let later: BTreeSet<_> = reach.all().difference(&now_good).cloned().collect();
    Ok(SshUserView::of(user, texts(&now_good), texts(&later)))
}

fn texts(principals: &BTreeSet<SshPrincipal>) -> Vec<String> {
    let names: BTreeSet<_> = principals.iter().map(|one| one.principal.clone()).collect();
    names.into_iter().collect()
}
