//! Accounts of hosts.

use super::values::{allowed_groups, flag, parse};
use crate::{
    configuration::{
        document::{Entity, EntityKind, sorted},
        error::Error,
        step::PlanStep,
    },
    model::{SshAccount, SshAccountName},
    operations::{
        Act, Change, Noun, Refusal,
        ssh::accounts::{self, SshAccountChange, SshAccountDraft},
    },
    store::{self, StoreError, Tx, groups},
};

pub fn read(tx: &mut Tx<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for account in store::ssh_accounts::list(tx)? {
        let groups = groups::list_of_ssh_account(tx, account.id)?;
        let groups = groups.iter().map(|group| group.name.as_str().into()).collect();
        let entity = Entity::new(EntityKind::SshAccount, account.account.as_str())
            .with("account", account.account.as_str())
            .with("isForEveryone", account.is_for_everyone)
            .with("allowedUserGroups", sorted(groups, None));
        things.push(entity);
    }
    Ok(things)
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let account = find(act, &parse(step.key())?)?;
    accounts::delete(act, account.id)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let name: SshAccountName = parse(&step.new.key)?;
    let is_for_everyone = flag(&step.new, "isForEveryone");
    let groups = allowed_groups(act, &step.new)?;
    if step.old.is_some() {
        let account = find(act, &name)?;
        let is_for_everyone = is_for_everyone.into();
        let change = SshAccountChange { account: Change::Keep, is_for_everyone, groups };
        accounts::update(act, account.id, &change)?;
    } else {
        let mut draft = SshAccountDraft {
            account: name,
            is_for_everyone: is_for_everyone.unwrap_or_default(),
            groups: std::collections::BTreeSet::new(),
        };
        groups.apply(&mut draft.groups);
        accounts::create(act, &draft)?;
    }
    Ok(())
}

fn find(tx: &mut Tx<'_>, account: &SshAccountName) -> Result<SshAccount, Refusal> {
    store::ssh_accounts::find_by_account(tx, account)?.ok_or(Refusal::NotFound(Noun::SshAccount))
}
