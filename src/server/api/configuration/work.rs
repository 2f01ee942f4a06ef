//! The work that a document asks for.

use std::sync::Arc;

use hyper::StatusCode;

use super::refusal::refuse;
use crate::{
    configuration::{DesiredState, Error, PlanStep, Workshop, count_changes},
    server::{App, http::ApiError, limits, turns::Turn},
};

/// A document, and the workshop that compares it with the installation. The closures that read and write
/// hold it, and with it the turn: they go on after a request that took too long.
#[derive(Debug)]
pub(super) struct ConfigurationWork {
    pub(super) workshop: Workshop,
    pub(super) wanted: DesiredState,
    pub(super) _turn: Turn,
}

impl ConfigurationWork {
    /// Reads the steps that make the installation match the document. Does not block writers, and does not
    /// read for long.
    pub(super) async fn plan(self: &Arc<Self>, app: &App) -> Result<Vec<PlanStep>, ApiError> {
        let work = Arc::clone(self);
        let plan = app.store().read_apart(move |tx| work.workshop.plan(tx, &work.wanted));
        let steps = plan.await.map_err(|error: Error| refuse(error))?;
        let changes = count_changes(&steps);
        if changes > limits::CONFIGURATION_CHANGES { Err(too_many(changes)) } else { Ok(steps) }
    }
}

fn too_many(changes: usize) -> ApiError {
    let message = format!(
        "The document makes {changes} changes, and at most {} are made at once. Divide it, or \
         use pocketid apply",
        limits::CONFIGURATION_CHANGES
    );
    ApiError::new(StatusCode::CONFLICT, "too_many_changes", message)
}
