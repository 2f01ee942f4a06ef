//! The installation, read as a document and changed step by step.

mod apis;
mod app_config;
mod clients;
mod groups;
mod protected_hosts;
mod ssh_accounts;
mod tools;
mod users;
mod values;
mod webhooks;

pub use tools::Tools;

use std::collections::BTreeMap;

use super::{
    document::{Document, EntityKind},
    error::Error,
    extent::Extent,
    step::{Action, PlanStep},
};
use crate::{
    operations::Act,
    store::{self, StoreError, Tx},
};

/// Reads the installation as a document, within the given extent.
pub fn read(tx: &mut Tx<'_>, tools: &Tools<'_>, extent: &Extent) -> Result<Document, StoreError> {
    let mut document = Document::default();
    for kind in EntityKind::ALL {
        let things = match kind {
            EntityKind::Api => apis::read(tx)?,
            EntityKind::Client => clients::read(tx, tools)?,
            EntityKind::Group => groups::read(tx, tools, extent)?,
            EntityKind::ProtectedHost => protected_hosts::read(tx)?,
            EntityKind::Setting => app_config::read(tx, tools)?,
            EntityKind::SshAccount => ssh_accounts::read(tx)?,
            EntityKind::User => users::read(tx, extent)?,
            EntityKind::Webhook => webhooks::read(tx)?,
        };
        document.sections.insert(kind, things);
    }
    Ok(document)
}

/// Whether a step is about a user or a group that comes from a directory.
pub fn is_of_directory(tx: &mut Tx<'_>, step: &PlanStep) -> Result<bool, StoreError> {
    let id = step.new.text("id").unwrap_or_default();
    Ok(match step.kind {
        EntityKind::User => {
            let user = id.parse().ok().map(|id| store::users::find(tx, id)).transpose()?.flatten();
            user.is_some_and(|user| user.ldap_id.is_some())
        }
        EntityKind::Group => {
            let group =
                id.parse().ok().map(|id| store::groups::find(tx, id)).transpose()?.flatten();
            group.is_some_and(|group| group.ldap_id.is_some())
        }
        EntityKind::Api
        | EntityKind::Client
        | EntityKind::ProtectedHost
        | EntityKind::Setting
        | EntityKind::SshAccount
        | EntityKind::Webhook => false,
    })
}

/// Carries out a plan. Removals and freed names come first, so that other entities can take the
/// names; dependent entities come last.
pub fn change(tx: &mut Act<'_, '_>, tools: &Tools<'_>, steps: &[PlanStep]) -> Result<(), Error> {
    let removes = steps.iter().rev().filter(|step| step.action == Action::Remove);
    for step in removes {
        match step.kind {
            EntityKind::Api => apis::remove(tx, step)?,
            EntityKind::Client => clients::remove(tx, step)?,
            EntityKind::Group => groups::remove(tx, step)?,
            EntityKind::ProtectedHost => protected_hosts::remove(tx, step)?,
            EntityKind::Setting => app_config::remove(tx, tools, step)?,
            EntityKind::SshAccount => ssh_accounts::remove(tx, step)?,
            EntityKind::User => users::remove(tx, step)?,
            EntityKind::Webhook => webhooks::remove(tx, step)?,
        }
    }
    let mut freed = BTreeMap::new();
    for step in steps.iter().filter(|step| step.action == Action::Change) {
        match step.kind {
            EntityKind::Group => groups::make_way(tx, step)?,
            EntityKind::User => {
                freed.extend(users::make_way(tx, step)?.map(|user| (step.key().to_owned(), user)));
            }
            EntityKind::Api
            | EntityKind::Client
            | EntityKind::ProtectedHost
            | EntityKind::Setting
            | EntityKind::SshAccount
            | EntityKind::Webhook => {}
        }
    }
    let emails_verified = users::emails_verified(tx, tools, steps)?;
    for step in steps.iter().filter(|step| step.action != Action::Remove) {
        match step.kind {
            EntityKind::Api => apis::set(tx, tools, step)?,
            EntityKind::Client => clients::set(tx, tools, step)?,
            EntityKind::Group => groups::set(tx, step)?,
            EntityKind::ProtectedHost => protected_hosts::set(tx, tools, step)?,
            EntityKind::Setting => app_config::set(tx, tools, step)?,
            EntityKind::SshAccount => ssh_accounts::set(tx, step)?,
            EntityKind::User => {
                let beside = users::Beside { freed: freed.get(step.key()), emails_verified };
                users::set(tx, tools, step, &beside)?;
            }
            EntityKind::Webhook => webhooks::set(tx, tools, step)?,
        }
    }
    Ok(())
}
