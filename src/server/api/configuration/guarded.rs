//! What a document may change only with a passkey, as at every other door: a stolen session must not change it
//! here either.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    configuration::PlanStep,
    model::{Client, EmailAddress, User, UserId, Username},
    operations::Act,
    server::{
        guarded::{
            Asker, GuardedChange,
            ssh_access::{self, SshAccess},
            trusted_servers::lead_in,
        },
        http::ApiError,
    },
    store::{
        StoreError, Tx, clients,
        services::{self, Service},
        users,
    },
};

/// The installation before the steps of a document, as far as it is guarded.
pub(super) struct Guarded {
    administrators: Vec<User>,
    /// The administrators who stay such, since the asker may not make them others.
    kept: Vec<UserId>,
    services: BTreeMap<UserId, Service>,
    ssh: SshAccess,
    trust: BTreeSet<Trust>,
}

/// A client, an issuer that it trusts, and the address of the keys of that.
type Trust = (String, String, String);

impl Guarded {
    /// Reads it.
    pub(super) fn read(act: &mut Act<'_, '_>, asker: &Asker) -> Result<Self, StoreError> {
        let administrators = users::list_all_administrators(act)?;
        let mut kept = Vec::new();
        for user in &administrators {
            if GuardedChange::ChangeAdministrators.is_kept_from(act, asker, user)? {
                kept.push(user.id);
            }
        }
        let now = act.now();
        Ok(Self {
            administrators,
            kept,
            services: services_of(act)?,
            ssh: SshAccess::read(act, now)?,
            trust: trust(act)?,
        })
    }

    /// Allows or refuses the steps, which were taken in this transaction. One proof is enough for all of them.
    pub(super) fn allow(
        &self,
        act: &mut Act<'_, '_>,
        asker: &Asker,
        steps: &[PlanStep],
    ) -> Result<(), ApiError> {
        let administrators = users::list_all_administrators(act)?;
        if self.kept.iter().any(|id| administrators.iter().all(|user| user.id != *id)) {
            return Err(ApiError::key_not_allowed());
        }
        let settings: Vec<_> = steps.iter().filter_map(PlanStep::setting).collect();
        let leads_in = lead_in(act, asker, &settings)?;
        let now = act.now();
        let ssh = SshAccess::read(act, now)?;
        if ssh.opens_more_than(&self.ssh) {
            // No API key opens accounts of hosts.
            return GuardedChange::GrantSshAccess.allow_no_program(act, asker).map(drop);
        }
        let grants_ssh = ssh.has_others_than(&self.ssh)
            || (ssh.is_for_everyone() && steps.iter().any(PlanStep::sets_user))
            || ssh_access::is_set_by(act, &settings)?;
        let change = if !self.administrators.iter().map(known).eq(administrators.iter().map(known))
        {
            GuardedChange::ChangeAdministrators
        } else if leads_in {
            GuardedChange::ChangeTrustedServer
        } else if grants_ssh {
            GuardedChange::GrantSshAccess
        } else if self.adds_access_of_services(act)? {
            GuardedChange::ChangeService
        } else if !trust(act)?.is_subset(&self.trust) {
            GuardedChange::TrustIssuer
        } else if steps.iter().any(PlanStep::sends_elsewhere) {
            GuardedChange::SendElsewhere
        } else {
            return Ok(());
        };
        change.allow(act, asker)
    }

    /// Whether a service has a key, an issuer or a client that it had not, or that was of no use while it was disabled.
    fn adds_access_of_services(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let adds = |(id, after): (UserId, Service)| match self.services.get(&id) {
            Some(before) if !before.user.disabled || after.user.disabled => {
                after.identity.has_access_beyond(&before.identity)
            }
            _ => after.identity.has_access(),
        };
        Ok(services_of(tx)?.into_iter().any(adds))
    }
}

/// The fields of an administrator that sign-in looks at.
fn known(user: &User) -> (UserId, &Username, Option<&EmailAddress>, bool) {
    (user.id, &user.username, user.email.as_ref(), user.disabled)
}

fn services_of(tx: &mut Tx<'_>) -> Result<BTreeMap<UserId, Service>, StoreError> {
    let services = services::list(tx)?.into_iter();
    Ok(services.map(|service| (service.user.id, service)).collect())
}

fn trust(tx: &mut Tx<'_>) -> Result<BTreeSet<Trust>, StoreError> {
    let clients = clients::list_with_trusted_issuers(tx)?;
    let of = |client: &Client| {
        let id = client.id.to_string();
        let issuers = client.trusted_issuers.iter();
        issuers.map(|one| (id.clone(), one.issuer.clone(), one.jwks_url())).collect::<Vec<_>>()
    };
    Ok(clients.iter().flat_map(of).collect())
}
