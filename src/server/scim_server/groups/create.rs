//! `POST /scim/v2/Groups` (RFC 7644 §3.3)

use super::load;
use crate::{
    operations::{groups::GroupDraft, scim_accounts},
    scim::{GroupFields, GroupNames},
    server::{
        http::{Request, Response, ScimError},
        scim_server::{
            answer::{base, created},
            body::{bytes, parse},
            caller::line_up,
        },
    },
};

/// Creates a group with its members.
pub(in crate::server::scim_server) async fn create(req: Request) -> Result<Response, ScimError> {
    let (req, body) = bytes(req.require_scim_change().await?).await?;
    let turn = line_up(&req, req.app.scim_groups())?.turn().await;
    let (fields, members) = GroupFields::of_new(&parse(&body)?)?;
    let GroupNames { name, friendly_name } = fields.names()?;
    let draft = GroupDraft { id: None, name, friendly_name, ldap_id: None };
    let input = (draft, members, fields.external_id()?, turn);
    let (token, base) = (req.who.token.id, base(&req.app));
    let made = req.act(input, move |act, (draft, members, external_id, _turn)| {
        let external_id = external_id.as_ref().map(|id| id.as_str());
        let group = scim_accounts::create_group(act, token, (draft, members), external_id)?;
        load::resource(act, token, &group, &base)
    });
    Ok(created(&req.head, made.await?))
}
