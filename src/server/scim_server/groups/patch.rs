//! `PATCH /scim/v2/Groups/{id}` (RFC 7644 §3.5.2)

use super::{change::change, load};
use crate::{
    model::{Group, UserId},
    operations::{
        Act,
        scim_accounts::{self, MemberEdit},
    },
    scim::{GroupFields, MemberChange, ScimFilter, member, patch_steps},
    server::{
        http::{Head, Request, Response, ScimError},
        scim_server::{
            answer::{ExpectedVersion, ScimResource, base, changed},
            body::{bytes, parse, query},
            caller::line_up,
        },
    },
    store::{groups, scim_ids},
};

/// Changes some attributes of a group, or some members: all that the request says, or nothing. The
/// group may have many members, so it is not returned unless the request asks for attributes.
pub(in crate::server::scim_server) async fn patch(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let (req, body) = bytes(req.require_scim_change().await?).await?;
    let id = load::id(&id)?;
    let turn = line_up(&req, req.app.scim_groups())?.turn().await;
    let input = (patch_steps(&parse(&body)?)?, turn);
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let is_returned = asks_for_attributes(&req.head);
    let patched = req.act(input, move |act, (steps, _turn)| {
        let now = act.now();
        let before = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &before, &base, now))?;
        let external_id = scim_ids::GROUPS.of(act, token, id)?;
        let mut fields = GroupFields::of(&before, external_id.as_deref());
        for step in steps {
            if let Some(change) = fields.apply(step)? {
                change_members(act, &before, change, &base)?;
            }
        }
        let update = change(&before, &fields)?;
        let group = scim_accounts::update_group(act, token, &update)?;
        is_returned.then(|| load::resource(act, token, &group, &base, now)).transpose()
    });
    let patched: Option<ScimResource> = patched.await?;
    Ok(patched.map_or_else(Response::no_content, |group| changed(&req.head, group)))
}

/// RFC 7644 §3.5.2: the answer has the resource if the request asks for attributes.
fn asks_for_attributes(head: &Head) -> bool {
    let is_one = |name: &str| {
        name.eq_ignore_ascii_case("attributes") || name.eq_ignore_ascii_case("excludedAttributes")
    };
    query(head).iter().any(|(name, _)| is_one(name))
}

fn change_members(
    act: &mut Act<'_, '_>,
    group: &Group,
    change: MemberChange,
    base: &str,
) -> Result<(), ScimError> {
    let edit = match change {
        MemberChange::Add(ids) => MemberEdit::Add(ids),
        MemberChange::Remove(ids) => MemberEdit::Remove(ids),
        MemberChange::Replace(ids) => MemberEdit::Replace(ids),
        MemberChange::RemoveMatching(filter) => {
            let now = act.now();
            let members = groups::member_ids(act, group.id, now)?;
            let matches = |id: &UserId| matches(&filter, *id, base);
            MemberEdit::Remove(members.into_iter().filter(matches).collect())
        }
    };
    Ok(scim_accounts::edit_members(act, group, &edit)?)
}

fn matches(filter: &ScimFilter, id: UserId, base: &str) -> bool {
    member(id, base).as_object().is_some_and(|value| filter.matches_value_of("members", value))
}
