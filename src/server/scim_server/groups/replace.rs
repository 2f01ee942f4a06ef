//! `PUT /scim/v2/Groups/{id}` (RFC 7644 §3.5.1)

use super::{change::change, load};
use crate::{
    operations::scim_accounts::{self, MemberEdit},
    scim::GroupFields,
    server::{
        http::{Request, Response, ScimError},
        scim_server::{
            answer::{ExpectedVersion, base, changed},
            body::{bytes, parse},
            caller::line_up,
        },
    },
};

/// Replaces the attributes and the members of a group. Those that are missing are removed.
pub(in crate::server::scim_server) async fn replace(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let (req, body) = bytes(req.require_scim_change().await?).await?;
    let id = load::id(&id)?;
    let turn = line_up(&req, req.app.scim_groups())?.turn().await;
    let (fields, members) = GroupFields::of_new(&parse(&body)?)?;
    let input = (fields, MemberEdit::Replace(members), turn);
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let replaced = req.act(input, move |act, (fields, members, _turn)| {
        let now = act.now();
        let before = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &before, &base, now))?;
        scim_accounts::edit_members(act, &before, members)?;
        let update = change(&before, fields)?;
        let group = scim_accounts::update_group(act, token, &update)?;
        load::resource(act, token, &group, &base, now)
    });
    Ok(changed(&req.head, replaced.await?))
}
