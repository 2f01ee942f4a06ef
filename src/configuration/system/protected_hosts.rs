//! Hosts behind forward auth.

use serde_json::Value;

use super::{
    tools::Tools,
    values::{allowed_groups, checked, flag, parse, seconds},
};
use crate::{
    configuration::{
        document::{Entity, EntityKind, sorted},
        error::Error,
        step::PlanStep,
    },
    model::{HostAddress, ProtectedHost},
    operations::{
        Act, Change, Noun, Refusal,
        protected_hosts::{self, ProtectedHostChange, ProtectedHostDraft},
    },
    store::{self, StoreError, Tx, groups},
};

pub fn read(tx: &mut Tx<'_>) -> Result<Vec<Entity>, StoreError> {
    let mut things = Vec::new();
    for host in store::protected_hosts::list(tx)? {
        let groups = groups::list_of_protected_host(tx, host.id)?;
        let groups = groups.iter().map(|group| group.name.as_str().into()).collect();
        things.push(of(&host).with("allowedUserGroups", sorted(groups, None)));
    }
    Ok(things)
}

fn of(host: &ProtectedHost) -> Entity {
    let json = |value: Result<Value, serde_json::Error>| value.unwrap_or_default();
    let paths = host.open_paths.paths().iter().map(|path| path.as_str().into());
    Entity::new(EntityKind::ProtectedHost, host.host.as_str())
        .with("host", host.host.as_str())
        .with("isGroupRestricted", host.is_group_restricted)
        .with("headers", json(serde_json::to_value(&host.headers)))
        .with("openPaths", sorted(paths.collect(), None))
        .with("sessionDurationMinutes", host.session_seconds / 60)
        .with("acceptsBearerTokens", host.accepts_bearer_tokens)
        .with("acceptsApiKeys", host.accepts_api_keys)
}

pub fn remove(act: &mut Act<'_, '_>, step: &PlanStep) -> Result<(), Error> {
    let host = find(act, &parse(step.key())?)?;
    protected_hosts::delete(act, host.id)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    let address: HostAddress = parse(&step.new.key)?;
    let change = change(act, step)?;
    if step.old.is_some() {
        let host = find(act, &address)?;
        protected_hosts::update(act, host.id, &change, tools.issuer)?;
    } else {
        let mut draft = ProtectedHostDraft::new(address);
        change.fill(&mut draft);
        protected_hosts::create(act, &draft, tools.issuer)?;
    }
    Ok(())
}

fn change(tx: &mut Tx<'_>, step: &PlanStep) -> Result<ProtectedHostChange, StoreError> {
    let entry = &step.new;
    Ok(ProtectedHostChange {
        host: Change::Keep,
        is_group_restricted: flag(entry, "isGroupRestricted").into(),
        groups: allowed_groups(tx, entry)?,
        headers: checked(entry, "headers")?,
        open_paths: checked(entry, "openPaths")?,
        session_seconds: seconds(step, "sessionDurationMinutes"),
        accepts_bearer_tokens: flag(entry, "acceptsBearerTokens").into(),
        accepts_api_keys: flag(entry, "acceptsApiKeys").into(),
    })
}

fn find(tx: &mut Tx<'_>, host: &HostAddress) -> Result<ProtectedHost, Refusal> {
    store::protected_hosts::find_by_host(tx, host)?.ok_or(Refusal::NotFound(Noun::ProtectedHost))
}
