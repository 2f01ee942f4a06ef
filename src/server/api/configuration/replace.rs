//! `PUT /api/configuration`

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    body::{self, Given},
    diff,
    guarded::Guarded,
    refusal::refuse,
    work::ConfigurationWork,
};
use crate::{
    configuration::{PlanStep, ShownStep},
    model::User,
    operations::Act,
    server::{
        guarded::Asker,
        http::{ApiError, Request, Response, acting::still_may},
        live_config::StoredConfig,
    },
};

/// Makes the installation match the document, in one transaction, and shows the steps. With
/// `prune`, removes entries missing from the sections of the document. With `dryRun`, changes
/// nothing.
pub(super) async fn replace(req: Request) -> Result<Response, ApiError> {
    let given = body::read(req).await?;
    if given.is_dry_run {
        return diff::plan(given).await;
    }
    let Given { req, work, .. } = given;
    // A document with faults, or with too many changes, is refused before it blocks other writers.
    let seen = work.plan(&req.app).await?;
    let (caller, asker) = (req.who.user.clone(), Asker::of(&req));
    let applied = req.act((work, seen), move |act, (work, seen)| {
        let steps = apply(act, work, seen, &caller, &asker)?;
        Ok::<_, ApiError>((steps, StoredConfig::read(act)?))
    });
    let (steps, chosen) = applied.await?;
    req.app.notice_app_config(chosen);
    // A disabled or removed user, or a removed client, may have ended sessions.
    req.app.outbox().notify_one();
    let steps: Vec<_> = steps.iter().map(ShownStep::of).collect();
    Ok(Response::json(&steps))
}

/// Takes the steps, if the asker may. Callers stay administrators.
fn apply(
    act: &mut Act<'_, '_>,
    work: &Arc<ConfigurationWork>,
    seen: &[PlanStep],
    caller: &User,
    asker: &Asker,
) -> Result<Vec<PlanStep>, ApiError> {
    let guarded = Guarded::read(act, asker)?;
    let steps = work.workshop.apply(act, &work.wanted, Some(seen)).map_err(refuse)?;
    if !still_may(act, caller)? {
        return Err(not_oneself());
    }
    guarded.allow(act, asker, &steps)?;
    Ok(steps)
}

fn not_oneself() -> ApiError {
    let message = "You would not be an administrator any more. Keep your own account in the \
                   document as it is";
    ApiError::new(StatusCode::CONFLICT, "own_administrator", message)
}
