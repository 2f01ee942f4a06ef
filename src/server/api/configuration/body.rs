//! The document and the options of a request.

use std::sync::Arc;

use tokio::sync::OwnedSemaphorePermit;

use super::{refusal::refuse, sources::StoredSecrets};
use crate::{
    configuration::{Document, Error, Wanted},
    server::{
        http::{ApiError, Authorised, Request, account::Account},
        turns::{Place, Whom},
    },
};

/// The media types of documents.
const MEDIA: &[&str] = &["application/json", "application/yaml", "application/x-yaml", "text/yaml"];

/// A request with its document.
pub(super) struct Given {
    pub(super) req: Authorised<Account, ()>,
    pub(super) wanted: Wanted,
    pub(super) is_dry_run: bool,
    pub(super) turn: Turn,
}

/// A turn in the queue. A thread that works on a document holds it: a request that times out does
/// not end the thread.
#[derive(Debug)]
pub(super) struct Turn {
    _turn: Option<OwnedSemaphorePermit>,
    _place: Place,
}

impl Turn {
    /// Waits for the turn of an administrator.
    pub(super) async fn of<B>(req: &Authorised<Account, B>) -> Result<Self, ApiError> {
        Ok(Self::at(line_up(req)?).await)
    }

    async fn at(place: Place) -> Self {
        Self { _turn: place.turn().await, _place: place }
    }
}

fn line_up<B>(req: &Authorised<Account, B>) -> Result<Place, ApiError> {
    let whom = Whom::User(req.who.user.id);
    let place = req.app.configurations().line_up(req.head.client_ip, whom);
    place.ok_or_else(|| ApiError::rate_limited(1))
}

/// Reads the document of an administrator.
pub(super) async fn read(req: Request) -> Result<Given, ApiError> {
    let req = req.require_admin().await?;
    let place = line_up(&req)?;
    let (req, text) = req.text(MEDIA).await?.take_body();
    let (prune, is_dry_run) = (asks(&req.head.query, "prune")?, asks(&req.head.query, "dryRun")?);
    let (app, turn) = (Arc::clone(&req.app), Turn::at(place).await);
    let parse = move || {
        let master_key = app.key_store().master_key.clone();
        let sources = app.store().read_blocking(|tx| StoredSecrets::read(tx, &master_key))?;
        let document = Document::parse(&text, &sources).map_err(Error::Faults)?;
        Ok::<_, Error>((document, turn))
    };
    let parsed = tokio::task::spawn_blocking(parse).await.map_err(ApiError::internal)?;
    let (document, turn) = parsed.map_err(refuse)?;
    Ok(Given { req, wanted: Wanted { document, prune }, is_dry_run, turn })
}

/// Whether an option is set. Anything but `true` and `false` is refused: with a misspelt `dryRun`
/// the document would be applied.
fn asks(query: &str, name: &'static str) -> Result<bool, ApiError> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    match pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => {
            let error = crate::model::text::TextError::format("must be true or false");
            Err(ApiError::field(name, error))
        }
    }
}
