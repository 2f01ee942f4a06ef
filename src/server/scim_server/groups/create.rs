//! `POST /scim/v2/Groups` (RFC 7644 §3.3)

use super::load;
use crate::{
    operations::{
        groups::GroupDraft,
        scim_accounts::{self, ScimGroupDraft},
    },
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
    let external_id = fields.external_id()?.as_ref().map(ToString::to_string);
    let new = ScimGroupDraft { draft, members, external_id };
    let (token, base) = (req.who.token.id, base(&req.app));
    let made = req.act((new, turn), move |act, (new, _turn)| {
        let now = act.now();
        let group = scim_accounts::create_group(act, token, new)?;
        load::resource(act, token, &group, &base, now)
    });
    Ok(created(&req.head, made.await?))
}
