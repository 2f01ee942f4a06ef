//! `PUT /api/configuration`

use std::{collections::BTreeSet, sync::Arc};

use hyper::StatusCode;

use super::{
    body::{self, Given},
    diff,
    refusal::refuse,
    work::ConfigurationWork,
};
use crate::{
    configuration::{PlanStep, ShownStep},
    model::{Client, EmailAddress, User, UserId, Username},
    operations::Act,
    server::{
        account::{
            fresh_passkey::{AccountCaller, AccountChange},
            ssh_access::{self, SshAccess},
            trusted_servers::lead_in,
        },
        http::{ApiError, Request, Response, acting::still_may},
        live_config::StoredConfig,
    },
    store::{StoreError, Tx, clients, users},
};

/// Makes the installation match the document, in one transaction, and shows the steps. With
/// `prune`, removes entries missing from the sections of the document. With `dryRun`, changes
/// nothing.
pub(super) async fn replace(req: Request) -> Result<Response, ApiError> {
    let given = body::read(req).await?;
    if given.is_dry_run {
        return diff::plan(given).await;
    }
    let Given { req, work, .. } = given;
    // A document with faults, or with too many changes, is refused before it blocks other writers.
    let seen = work.plan(&req.app).await?;
    let (caller, asker) = (req.who.user.clone(), AccountCaller::of(&req));
    let applied = req.act((work, seen), move |act, (work, seen)| {
        let steps = apply(act, work, seen, &caller, &asker)?;
        Ok::<_, ApiError>((steps, StoredConfig::read(act)?))
    });
    let (steps, chosen) = applied.await?;
    req.app.notice_app_config(chosen);
    // A disabled or removed user, or a removed client, may have ended sessions.
    req.app.outbox().notify_one();
    let steps: Vec<_> = steps.iter().map(ShownStep::of).collect();
    Ok(Response::json(&steps))
}

/// Takes the steps. Callers stay administrators. Who is an administrator, and the username and email
/// of one, and who may enter hosts, change only with a passkey, as everywhere: a stolen session must not
/// change them here either.
fn apply(
    act: &mut Act<'_, '_>,
    work: &Arc<ConfigurationWork>,
    seen: &[PlanStep],
    caller: &User,
    asker: &AccountCaller,
) -> Result<Vec<PlanStep>, ApiError> {
    let before = users::list_all_administrators(act)?;
    let kept = kept_from(act, asker, &before)?;
    let now = act.now();
    let reached = SshAccess::read(act, now)?;
    let trusted = trust(act)?;
    let steps = work.workshop.apply(act, &work.wanted, Some(seen)).map_err(refuse)?;
    if !still_may(act, caller)? {
        return Err(not_oneself());
    }
    let after = users::list_all_administrators(act)?;
    if kept.iter().any(|id| after.iter().all(|user| user.id != *id)) {
        return Err(ApiError::key_not_allowed());
    }
    let settings: Vec<_> = steps.iter().filter_map(PlanStep::setting).collect();
    let leads_in = lead_in(act, asker, &settings)?;
    let reaches = SshAccess::read(act, now)?;
    if reaches.opens_more_than(&reached) {
        // No API key opens accounts of hosts. One proof is enough for all of it.
        AccountChange::GrantSshAccess.allow_no_program(act, asker)?;
        return Ok(steps);
    }
    let grants_ssh = reaches.has_others_than(&reached)
        || (reaches.is_for_everyone() && steps.iter().any(PlanStep::sets_user))
        || ssh_access::is_set_by(act, &settings)?;
    // One proof is enough for all of it.
    let guarded = if !before.iter().map(known).eq(after.iter().map(known)) {
        Some(AccountChange::ChangeAdministrators)
    } else if leads_in {
        Some(AccountChange::ChangeTrustedServer)
    } else if grants_ssh {
        Some(AccountChange::GrantSshAccess)
    } else if !trust(act)?.is_subset(&trusted) {
        Some(AccountChange::TrustIssuer)
    } else if steps.iter().any(PlanStep::sends_elsewhere) {
        Some(AccountChange::SendElsewhere)
    } else {
        None
    };
    if let Some(change) = guarded {
        change.allow(act, asker)?;
    }
    Ok(steps)
}

/// Which clients trust which issuers, with which keys.
fn trust(tx: &mut Tx<'_>) -> Result<BTreeSet<(String, String, String)>, StoreError> {
    let clients = clients::list_with_trusted_issuers(tx)?;
    let of = |client: &Client| {
        let id = client.id.to_string();
        let issuers = client.trusted_issuers.iter();
        issuers.map(|one| (id.clone(), one.issuer.clone(), one.jwks_url())).collect::<Vec<_>>()
    };
    Ok(clients.iter().flat_map(of).collect())
}

/// The fields of an administrator that sign-in looks at.
fn known(user: &User) -> (UserId, &Username, Option<&EmailAddress>, bool) {
    (user.id, &user.username, user.email.as_ref(), user.disabled)
}

/// The administrators who stay such, since the asker may not make them others.
fn kept_from(
    tx: &mut Tx<'_>,
    asker: &AccountCaller,
    administrators: &[User],
) -> Result<Vec<UserId>, StoreError> {
    let mut kept = Vec::new();
    for user in administrators {
        if AccountChange::ChangeAdministrators.is_kept_from(tx, asker, user)? {
            kept.push(user.id);
        }
    }
    Ok(kept)
}

fn not_oneself() -> ApiError {
    let message = "You would not be an administrator any more. Keep your own account in the \
                   document as it is";
    ApiError::new(StatusCode::CONFLICT, "own_administrator", message)
}
