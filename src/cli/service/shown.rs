//! A service as commands show it.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use super::super::{
    claims,
    context::Context,
    error::CliError,
    names::{find_user_opt, not_found},
    page::{Page, or_none, yes_no},
    report::Outcome,
};
use crate::{
    crypto::PublicJwk,
    model::{
        ClaimOwner, CustomClaim, Group, GroupId, ServiceIdentity, Timestamp, Username,
        view::ServiceView,
    },
    operations::services,
    store::{
        StoreError, Tx, custom_claims, groups, memberships,
        services::{Service, names},
    },
};

/// A service with its groups.
#[derive(Debug)]
pub struct ShownService {
    service: Service,
    groups: Vec<Group>,
    ends: BTreeMap<GroupId, Timestamp>,
    claims: Vec<CustomClaim>,
}

/// Finds a service by username or id.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Service, CliError> {
    match find_user_opt(tx, name)? {
        Some(user) => Ok(services::require(tx, user.id)?),
        None => {
            let (list, make) = ("pocketid service list", "pocketid service create NAME");
            Err(not_found("service", name, &names(tx)?, list, make))
        }
    }
}

impl ShownService {
    /// Loads the groups of a service.
    pub fn load(tx: &mut Tx<'_>, service: Service, now: Timestamp) -> Result<Self, StoreError> {
        let id = service.user.id;
        Ok(Self {
            groups: groups::list_of_user(tx, id, now)?,
            ends: memberships::ends_of_user(tx, id, now)?,
            claims: custom_claims::list(tx, ClaimOwner::User(id))?,
            service,
        })
    }

    /// Its name.
    pub fn username(&self) -> &Username {
        &self.service.user.username
    }

    /// Tells what is missing before it can get a token.
    pub fn tell_idle(&self, ctx: &Context) {
        let identity = &self.service.identity;
        let username = self.username();
        if identity.keys.is_empty() {
            ctx.report().note(format!(
                "It has no credentials yet: pocketid service update {username} --jwks FILE, or --federated"
            ));
        }
        if identity.clients.is_empty() {
            ctx.report().note(format!(
                "It has no client yet: pocketid service update {username} --client CLIENT"
            ));
        }
    }
}

impl Serialize for ShownService {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Service { user, identity } = &self.service;
        let view = ServiceView::of(user, &self.groups, identity);
        view.with_ends_and_claims(&self.ends, self.claims.clone()).serialize(serializer)
    }
}

impl Outcome for ShownService {
    fn write_text(&self, page: &mut Page) {
        let Service { user, identity } = &self.service;
        let group = |group: &Group| match self.ends.get(&group.id) {
            Some(end) => format!("{} (until {})", group.name, page.moment(*end)),
            None => group.name.to_string(),
        };
        let groups: Vec<_> = self.groups.iter().map(group).collect();
        let clients: Vec<_> = identity.clients.iter().map(ToString::to_string).collect();
        let used = identity.last_used_at.map(|at| page.moment(at));
        page.fields(&[
            ("Username", user.username.to_string()),
            ("Name", user.shown_name()),
            ("Enabled", yes_no(!user.disabled)),
            ("Groups", or_none(&groups)),
            ("Claims", claims::summary(&self.claims)),
            ("Keys", or_none(&keys(identity))),
            ("Federated issuers", or_none(&issuers(identity))),
            ("Clients", or_none(&clients)),
            ("Last token", used.unwrap_or_else(|| "never".to_owned())),
            ("Created", page.moment(user.created_at)),
            ("ID", user.id.to_string()),
        ]);
    }
}

fn keys(identity: &ServiceIdentity) -> Vec<String> {
    let keys = identity.keys.jwks.iter().flat_map(|set| &set.keys);
    let name = |(number, key): (usize, &PublicJwk)| {
        key.kid.clone().unwrap_or_else(|| format!("key {}", number + 1))
    };
    keys.enumerate().map(name).collect()
}

/// The issuers, each with its subject.
fn issuers(identity: &ServiceIdentity) -> Vec<String> {
    let issuers = identity.keys.federated_identities.iter();
    let name = |one: &crate::model::FederatedIdentity| {
        format!("{} of {}", one.subject.as_deref().unwrap_or_default(), one.issuer)
    };
    issuers.map(name).collect()
}
