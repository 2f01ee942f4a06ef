//! `GET /api/configuration`

use hyper::header::ACCEPT;

use super::{refusal::refuse, workshop::workshop};
use crate::{
    configuration::{Document, Error, leave_out_refused, portable, write},
    server::http::{ApiError, Head, Request, Response, flag::asks},
};

/// Shows the installation as `pocketid export-config` prints it, in JSON, or in YAML if `Accept`
/// asks for it. With `withSecrets`, digests of client secrets are in it, with which the clients go on
/// working elsewhere.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let with_secrets = asks(&req.head, "withSecrets")?;
    let turn = req.line_up(req.app.configurations())?.turn().await;
    let (app, workshop) = (req.app.clone(), workshop(&req.app, req.head.now));
    let read = app.store().read_apart(move |tx| {
        // Held here, since this goes on after a request that took too long.
        let _turn = &turn;
        let mut document = portable(workshop.whole(tx)?, with_secrets);
        let left_out = leave_out_refused(&mut document)?;
        Ok::<_, Error>((document, left_out))
    });
    let (document, left_out) = read.await.map_err(refuse)?;
    if let Some(first) = left_out.first() {
        tracing::warn!(count = left_out.len(), first, "left values out of the configuration");
    }
    Ok(respond(&document, &req.head).no_store())
}

fn respond(document: &Document, head: &Head) -> Response {
    if asks_for_yaml(head.header(ACCEPT.as_str()).unwrap_or_default()) {
        Response::bytes("application/yaml; charset=utf-8", write(document))
    } else {
        Response::json(&document.to_json())
    }
}

/// The first of the two media types in the header counts.
fn asks_for_yaml(accept: &str) -> bool {
    let mut types = accept.split(',').map(|one| one.split(';').next().unwrap_or_default().trim());
    let known = types.find(|one| one.ends_with("yaml") || one.ends_with("json"));
    known.is_some_and(|one| one.ends_with("yaml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_given_unless_yaml_is_asked_for_first() {
        for json in ["", "*/*", "text/html", "application/json, application/yaml"] {
            assert!(!asks_for_yaml(json), "{json}");
        }
        for yaml in ["application/yaml", "text/html, text/yaml;q=0.9, application/json"] {
            assert!(asks_for_yaml(yaml), "{yaml}");
        }
    }
}
