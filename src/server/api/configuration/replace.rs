//! `PUT /api/configuration`

use hyper::StatusCode;

use super::{
    body::{self, Given},
    diff,
    refusal::refuse,
    workshop::workshop,
};
use crate::{
    configuration::ShownStep,
    server::{
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
    let Given { req, wanted, turn: _turn, .. } = given;
    let (caller, workshop) = (req.who.user.clone(), workshop(&req.app, req.head.now));
    let applied = req.act((workshop, wanted), move |act, (workshop, wanted)| {
        let steps = workshop.apply(act, wanted, None).map_err(refuse)?;
        if still_may(act, &caller)? {
            Ok::<_, ApiError>((steps, StoredConfig::read(act)?))
        } else {
            Err(not_oneself())
        }
    });
    let (steps, chosen) = applied.await?;
    req.app.notice_app_config(chosen);
    let steps: Vec<_> = steps.iter().map(ShownStep::of).collect();
    Ok(Response::json(&steps))
}

fn not_oneself() -> ApiError {
    let message = "You would not be an administrator any more. Keep your own account in the \
                   document as it is";
    ApiError::new(StatusCode::CONFLICT, "own_administrator", message)
}
