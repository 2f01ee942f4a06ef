//! `/api/doctor`: an addition to Pocket ID.

use std::{sync::Arc, time::Duration};

use crate::{
    doctor::{
        Findings, Seen, SeenHost, Surroundings, Unseen, examine, look_at_hosts, look_from_outside,
    },
    model::Timestamp,
    server::{
        App,
        http::{ApiError, Request, Response, flag::asks},
        limiter::Policy,
        route::{Route, get},
    },
    settings::Faults,
    store::protected_hosts,
};

/// How long asking at APP_URL may take in all.
const LOOK_TIME: Duration = Duration::from_secs(10);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/doctor", show)
            // It makes this server send requests.
            .changes_by_get()
            .limited_for_user(Policy::Examination)
            .may_ask("offline")
            .gives::<Findings>()
            .refuses(&[400]),
    ]
}

/// Looks for common faults as `pocketid doctor` does, with the settings and the database of the
/// running server. With `offline`, nothing is asked of the public address.
async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let is_offline = asks(&req.head, "offline")?;
    let turn = req.line_up(req.app.examinations())?.turn().await;
    let seen = if is_offline { None } else { Some(look(&req.app).await) };
    let protected = if is_offline { Vec::new() } else { look_at_protected(&req.app).await? };
    let (app, now) = (Arc::clone(&req.app), req.head.now);
    let found = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        examine_running(&app, Looked { seen, protected }, now)
    });
    Ok(Response::json(&found.await.map_err(ApiError::internal)?).no_store())
}

async fn look(app: &App) -> Result<Seen, Unseen> {
    let looked = look_from_outside(
        app.outbound(),
        &app.settings().app_url,
        app.settings().client_certificate.header.as_deref(),
    );
    tokio::time::timeout(LOOK_TIME, looked).await.unwrap_or_else(|_elapsed| {
        let cause = format!("get an answer within {} seconds", LOOK_TIME.as_secs());
        Err(Unseen::Unreachable(cause))
    })
}

async fn look_at_protected(app: &App) -> Result<Vec<SeenHost>, ApiError> {
    let hosts = app.store().read(protected_hosts::list).await?;
    Ok(look_at_hosts(app.outbound(), &app.settings().app_url, &hosts).await)
}

/// The observations from outside.
struct Looked {
    seen: Option<Result<Seen, Unseen>>,
    protected: Vec<SeenHost>,
}

fn examine_running(app: &App, looked: Looked, now: Timestamp) -> Findings {
    let Looked { seen, protected } = looked;
    let settings = app.settings();
    examine(&Surroundings {
        settings,
        faults: &Faults::default(),
        data: Ok(app.store()),
        is_serving: true,
        listen: settings.listen,
        now,
        seen,
        protected,
        directory: None,
        // This server is running: it need not ask itself.
        probed: None,
    })
}
