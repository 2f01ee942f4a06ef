//! `PATCH /scim/v2/Groups/{id}` (RFC 7644 §3.5.2)

use super::load;
use crate::{
    model::{Group, UserId},
    operations::{
        Act, Change,
        groups::GroupChange,
        scim_accounts::{self, MemberEdit},
    },
    scim::{Filter, GroupFields, GroupNames, MemberChange, PatchStep, member, patch_steps},
    server::{
        http::{Head, Request, Response, ScimError},
        scim_server::{
            answer::{Expected, Resource, base, changed},
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
    let (token, base, expected) = (req.who.token.id, base(&req.app), Expected::of(&req.head));
    let is_returned = asks_for_attributes(&req.head);
    let patched = req.act(input, move |act, (steps, _turn)| {
        let before = load::find(act, id)?;
        if !expected.is_any() {
            expected.check(&load::resource(act, token, &before, &base)?)?;
        }
        let external_id = scim_ids::GROUPS.of(act, token, id)?;
        let mut fields = GroupFields::of(&before, external_id.as_deref());
        apply(act, &before, (&mut fields, steps), &base)?;
        let GroupNames { name, friendly_name } = fields.new_names(&before)?;
        let change = GroupChange {
            name: Change::Set(name),
            friendly_name: Change::Set(friendly_name),
            freed_name: None,
        };
        let external_id = fields.external_id()?;
        let external_id = external_id.as_ref().map(|id| id.as_str());
        let group = scim_accounts::update_group(act, token, (id, &change), external_id)?;
        is_returned.then(|| load::resource(act, token, &group, &base)).transpose()
    });
    let patched: Option<Resource> = patched.await?;
    Ok(patched.map_or_else(Response::no_content, |group| changed(&req.head, group)))
}

/// RFC 7644 §3.5.2: the answer has the resource if the request asks for attributes.
fn asks_for_attributes(head: &Head) -> bool {
    let is_one = |name: &str| {
        name.eq_ignore_ascii_case("attributes") || name.eq_ignore_ascii_case("excludedAttributes")
    };
    query(head).iter().any(|(name, _)| is_one(name))
}

fn apply(
    act: &mut Act<'_, '_>,
    group: &Group,
    (fields, steps): (&mut GroupFields, &[PatchStep]),
    base: &str,
) -> Result<(), ScimError> {
    for step in steps {
        let edit = match fields.apply(step)? {
            None => continue,
            Some(MemberChange::Add(ids)) => MemberEdit::Add(ids),
            Some(MemberChange::Remove(ids)) => MemberEdit::Remove(ids),
            Some(MemberChange::Replace(ids)) => MemberEdit::Replace(ids),
            Some(MemberChange::RemoveMatching(filter)) => {
                let members = groups::member_ids(act, group.id)?;
                let matches = |id: &UserId| matches(&filter, *id, base);
                MemberEdit::Remove(members.into_iter().filter(matches).collect())
            }
        };
        scim_accounts::edit_members(act, group, &edit)?;
    }
    Ok(())
}

fn matches(filter: &Filter, id: UserId, base: &str) -> bool {
    member(id, base).as_object().is_some_and(|value| filter.matches_value_of("members", value))
}
