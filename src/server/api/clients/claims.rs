//! `/api/oidc/clients/{id}/claims`: additional claims that a client receives about users, beside
//! those of its scopes. An addition to Pocket ID.

use serde::Deserialize as _;
use serde_json::Value;

use super::id;
use crate::{
    model::{ClaimName, ClaimRule, text::TextError},
    operations::clients,
    server::http::{ApiError, Request, Response},
};

/// Lists the additional claims of a client.
pub(super) async fn show(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let client = req.app.store().read(move |tx| clients::require(tx, &id)).await?;
    Ok(Response::json(&client.claim_rules))
}

/// Replaces the additional claims of a client.
pub(super) async fn replace(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Vec<Value>>().await?;
    let id = id(&client_id)?;
    let rules: Vec<_> = req.body.iter().map(parse).collect::<Result<_, _>>()?;
    let changed = req.act((id, rules), |act, (id, rules)| {
        let client = clients::require(act, id)?;
        clients::set_claims(act, &client, rules)
    });
    Ok(Response::json(&changed.await?.rules))
}

fn parse(rule: &Value) -> Result<ClaimRule, ApiError> {
    let refuse = |what: String| ApiError::field("claims", TextError::format(what));
    if !rule.is_object() {
        return Err(ApiError::invalid_body("a claim is an object"));
    }
    let rule = ClaimRule::deserialize(rule).map_err(|error| refuse(error.to_string()))?;
    ClaimName::from_chosen(rule.name.as_str()).map_err(|error| ApiError::field("name", error))?;
    Ok(rule)
}
