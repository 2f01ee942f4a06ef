//! `PUT /api/user-groups/{id}`

use super::{GroupBody, id, load};
use crate::{
    operations::{
        Change, Refusal,
        groups::{self, GroupChange},
    },
    server::http::{ApiError, Request, Response},
};

/// Renames a group.
pub(super) async fn update(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<GroupBody>().await?;
    let id = id(&group_id)?;
    let (name, friendly_name) = req.body.check()?;
    let change = GroupChange {
        name: Change::Set(name),
        friendly_name: Change::Set(friendly_name),
        freed_name: None,
    };
    let updated = req.act(change, move |act, change| {
        let group = groups::update(act, id, change)?;
        let now = act.now();
        Ok::<_, Refusal>(load(act, group, now)?)
    });
    Ok(Response::json(&updated.await?))
}
