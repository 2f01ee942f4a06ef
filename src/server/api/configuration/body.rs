//! The document and the options of a request.

use std::sync::Arc;

use super::{refusal::refuse, sources::StoredSecrets, work::ConfigurationWork, workshop::workshop};
use crate::{
    configuration::{DesiredState, Document, Error},
    server::{
        http::{ApiError, Authorised, Request, account::Account, flag::asks},
        limits,
    },
};

/// The media types of documents.
const MEDIA: &[&str] = &["application/json", "application/yaml", "application/x-yaml", "text/yaml"];

/// A request with its document.
pub(super) struct Given {
    pub(super) req: Authorised<Account, ()>,
    pub(super) work: Arc<ConfigurationWork>,
    pub(super) is_dry_run: bool,
}

/// Reads the document of an administrator.
pub(super) async fn read(req: Request) -> Result<Given, ApiError> {
    let req = req.require_admin().await?;
    let place = req.line_up(req.app.configurations())?;
    let (req, text) = req.text(MEDIA).await?.take_body();
    let (prune, is_dry_run) = (asks(&req.head, "prune")?, asks(&req.head, "dryRun")?);
    let (app, turn) = (Arc::clone(&req.app), place.turn().await);
    let parse = move || {
        let master_key = app.key_store().master_key.clone();
        let sources = app.store().read_blocking(|tx| StoredSecrets::read(tx, &master_key))?;
        let document = Document::parse_bounded(&text, &sources, limits::CONFIGURATION_VALUES);
        let document = document.map_err(Error::Faults)?;
        Ok::<_, Error>((document, turn))
    };
    let parsed = tokio::task::spawn_blocking(parse).await.map_err(ApiError::internal)?;
    let (document, turn) = parsed.map_err(refuse)?;
    let (workshop, wanted) = (workshop(&req.app, req.head.now), DesiredState { document, prune });
    Ok(Given {
        req,
        work: Arc::new(ConfigurationWork { workshop, wanted, _turn: turn }),
        is_dry_run,
    })
}
