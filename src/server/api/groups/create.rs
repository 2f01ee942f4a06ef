//! `POST /api/user-groups`

use hyper::StatusCode;

use super::{GroupBody, load};
use crate::{
    operations::{
        Refusal,
        groups::{self, GroupDraft},
    },
    server::http::{ApiError, Request, Response},
};

/// Creates a group.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<GroupBody>().await?;
    let (name, friendly_name) = req.body.check()?;
    let draft = GroupDraft { id: None, name, friendly_name, ldap_id: None };
    let created = req.act(draft, |act, draft| {
        let group = groups::create(act, draft)?;
        let now = act.now();
        Ok::<_, Refusal>(load(act, group, now)?)
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}
