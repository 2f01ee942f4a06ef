//! The routes of this folder.

use serde_json::Value;

use super::{diff, replace, show, show_schema};
use crate::{
    configuration::ShownStep,
    server::{
        limits,
        route::{Route, get, post, put},
    },
};

/// A document in JSON, or in YAML, which is the same.
const DOCUMENT: &[&str] = &["application/json", "application/yaml"];

pub(in crate::server) fn routes() -> Vec<Route> {
    vec![
        get("/api/configuration", show::show)
            .gives_json_or::<Value>(&["application/yaml"])
            .may_ask("withSecrets")
            .refuses(&[400, 409]),
        get("/api/configuration/schema", show_schema::show_schema).gives::<Value>(),
        post("/api/configuration/diff", diff::diff)
            .body(limits::CONFIGURATION)
            .takes_media(DOCUMENT)
            .may_ask("prune")
            .gives::<Vec<ShownStep>>()
            .refuses(&[409, 415]),
        put("/api/configuration", replace::replace)
            .body(limits::CONFIGURATION)
            .takes_media(DOCUMENT)
            .may_ask("dryRun")
            .may_ask("prune")
            .gives::<Vec<ShownStep>>()
            .refuses(&[404, 409, 415, 422]),
    ]
}
