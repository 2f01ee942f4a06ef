//! `POST /api/configuration/diff`

use std::sync::Arc;

use super::{
    body::{self, Given},
    refusal::refuse,
    workshop::workshop,
};
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
    let Given { req, wanted, turn, .. } = given;
    let (app, workshop) = (Arc::clone(&req.app), workshop(&req.app, req.head.now));
    let plan = move || {
        let _turn = turn;
        app.store().read_blocking(|tx| workshop.plan(tx, &wanted))
    };
    let steps = tokio::task::spawn_blocking(plan).await.map_err(ApiError::internal)?;
    let steps: Vec<_> = steps.map_err(refuse)?.iter().map(ShownStep::of).collect();
    Ok(Response::json(&steps))
}
