//! `/api/oidc/clients/{id}/claims`: additional claims that a client receives about users, beside
//! those of its scopes. An addition to Pocket ID.

use serde::Deserialize;
use serde_json::Value;

use super::id;
use crate::{
    model::{ClaimName, ClaimRule, text::TextError},
    operations::clients,
    server::http::{ApiError, Request, Response},
};

/// A rule as it was sent. Its faults are reported one by one.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(super) struct RuleBody(#[cfg_attr(test, schemars(with = "ClaimRule"))] Value);

/// Lists the additional claims of a client.
pub(super) async fn show(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let client = req.app.store().read(move |tx| clients::require(tx, &id)).await?;
    Ok(Response::json(&client.claim_rules))
}

/// Replaces the additional claims of a client.
pub(super) async fn replace(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Vec<RuleBody>>().await?;
    let id = id(&client_id)?;
    let rules: Vec<_> = req.body.iter().map(|rule| parse(&rule.0)).collect::<Result<_, _>>()?;
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
