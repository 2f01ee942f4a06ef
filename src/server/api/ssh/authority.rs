//! `PUT` and `DELETE /api/ssh-authority`

use super::{count_new_key, new_keys};
use crate::{
    operations::ssh::{self, SshRefusal, SshSetup},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Turns SSH certificates on: creates the missing ones of the authorities, the API and the client
/// `pocketid-ssh`.
pub(super) async fn enable(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    count_new_key(&req).await?;
    let asker = Asker::of(&req);
    let setup = SshSetup { keys: new_keys(&req.app)?, issuer: req.app.issuer().to_owned() };
    let keys = req.act(setup, move |act, setup| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        ssh::enable(act, setup)?;
        Ok::<_, ApiError>(ssh::ca_keys::shown(act)?)
    });
    Ok(Response::json(&keys.await?))
}

/// Turns SSH certificates off, which revokes all of them. Accounts stay.
pub(super) async fn disable(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let asker = Asker::of(&req);
    let disabled = req.act(req.app.issuer().to_owned(), move |act, issuer| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        if ssh::disable(act, issuer)? { Ok(()) } else { Err(SshRefusal::NotEnabled.into()) }
    });
    disabled.await.map(|()| Response::no_content())
}
