//! `POST /api/configuration/diff`

use super::body::{self, Given};
use crate::{
    configuration::ShownStep,
    server::http::{ApiError, Request, Response},
};

/// Shows the steps that `PUT /api/configuration` would take with the same document. Changes
/// nothing.
pub(super) async fn diff(req: Request) -> Result<Response, ApiError> {
    plan(body::read(req).await?).await
}

/// Answers with the plan.
pub(super) async fn plan(given: Given) -> Result<Response, ApiError> {
    let steps = given.work.plan(&given.req.app).await?;
    let steps: Vec<_> = steps.iter().map(ShownStep::of).collect();
    Ok(Response::json(&steps))
}
