//! `/api/ssh-accounts`: accounts of hosts, and their groups.

use std::collections::BTreeSet;

use hyper::StatusCode;
use serde::Deserialize;

use super::super::group_ids::group_ids;
use crate::{
    model::{GroupId, SshAccountId, SshAccountName, view::SshAccountView},
    operations::{
        Change, Noun, Refusal,
        ssh::accounts::{self, SshAccountChange, SshAccountDraft},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response, list_query},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["account"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountBody {
    /// `root` on every host, `root@db1` on those that call themselves `db1`, `{username}` for the own
    /// name.
    #[serde(default)]
    account: String,
    /// Whether everyone may enter it, and not only members of its groups.
    #[serde(default)]
    is_for_everyone: bool,
    /// The groups whose members may enter it. When a `PUT` leaves them out, they stay.
    #[serde(default)]
    allowed_user_group_ids: Option<Vec<String>>,
}

impl AccountBody {
    fn account(&self) -> Result<SshAccountName, ApiError> {
        self.account.parse().map_err(|error| ApiError::field("account", error))
    }

    fn groups(&self) -> Result<Option<BTreeSet<GroupId>>, ApiError> {
        let ids = self.allowed_user_group_ids.as_deref();
        let groups = ids.map(|ids| group_ids("allowedUserGroupIds", ids)).transpose();
        groups.map_err(|fault| ApiError::validation(vec![fault]))
    }
}

fn id(text: &str) -> Result<SshAccountId, ApiError> {
    super::super::id(text, || Refusal::NotFound(Noun::SshAccount).into())
}

/// Lists a page of accounts of hosts.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let page = req.page(accounts::shown_page).await?;
    Ok(list_query::respond(&page, SshAccountView::clone))
}

/// Shows an account of hosts.
pub(super) async fn show(req: Request, account_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&account_id)?;
    let account = req.app.store().read(move |tx| {
        let account = accounts::require(tx, id)?;
        Ok::<_, Refusal>(accounts::shown(tx, &account)?)
    });
    Ok(Response::json(&account.await?))
}

/// Opens an account of hosts to groups, or to everyone.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AccountBody>().await?;
    let draft = SshAccountDraft {
        account: req.body.account()?,
        is_for_everyone: req.body.is_for_everyone,
        groups: req.body.groups()?.unwrap_or_default(),
    };
    let asker = Asker::of(&req);
    let created = req.act(draft, move |act, draft| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        let account = accounts::create(act, draft)?;
        Ok::<_, ApiError>(accounts::shown(act, &account)?)
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}

/// Sets everything of an account of hosts. Groups that are left out stay.
pub(super) async fn update(req: Request, account_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AccountBody>().await?;
    let id = id(&account_id)?;
    let change = SshAccountChange {
        account: Change::Set(req.body.account()?),
        is_for_everyone: Change::Set(req.body.is_for_everyone),
        groups: req.body.groups()?.into(),
    };
    let asker = Asker::of(&req);
    let updated = req.act(change, move |act, change| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        let account = accounts::update(act, id, change)?;
        Ok::<_, ApiError>(accounts::shown(act, &account)?)
    });
    Ok(Response::json(&updated.await?))
}

/// Closes an account of hosts. Certificates that are good for it are revoked. While `{username}` is open to somebody, this may
/// give them the account, so that it wants a passkey and takes no API key.
pub(super) async fn delete(req: Request, account_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let asker = Asker::of(&req);
    let deleted = req.act(id(&account_id)?, move |act, id| {
        let account = accounts::require(act, *id)?;
        if accounts::frees_name(act, &account)? {
            GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        }
        Ok::<_, ApiError>(accounts::delete(act, *id)?)
    });
    deleted.await?;
    Ok(Response::no_content())
}
