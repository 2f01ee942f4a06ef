//! `/api/ssh-ca-keys`

use hyper::StatusCode;
use serde::Deserialize;

use super::{count_new_key, new_keys};
use crate::{
    crypto::ssh::SshCertificateKind,
    model::{SshCaKeyId, text::TextError},
    operations::{
        Noun, Refusal,
        ssh::{SshRefusal, ca_keys},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["kind"])))]
pub(super) struct KeyBody {
    /// `user` or `host`.
    #[serde(default)]
    kind: String,
}

fn id(text: &str) -> Result<SshCaKeyId, ApiError> {
    super::super::id(text, || Refusal::NotFound(Noun::SshCaKey).into())
}

/// Lists the keys of the authorities that are trusted.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    Ok(Response::json(&req.app.store().read(ca_keys::shown).await?))
}

/// Creates the next key of an authority. Hosts are to trust it before it is activated.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<KeyBody>().await?;
    let unknown = || TextError { code: "oneof", message: "must be user or host".to_owned() };
    let kind = SshCertificateKind::parse(&req.body.kind);
    let kind = kind.ok_or_else(|| ApiError::field("kind", unknown()))?;
    count_new_key(&req).await?;
    let asker = Asker::of(&req);
    let keys = req.act(new_keys(&req.app)?, move |act, new| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        // The first key comes with the API and the client.
        ca_keys::signing(act, kind)?.ok_or(SshRefusal::NotEnabled)?;
        ca_keys::create(act, new, kind)?;
        Ok::<_, ApiError>(ca_keys::shown(act)?)
    });
    Ok(Response::json(&keys.await?).status(StatusCode::CREATED))
}

/// Lets a key sign. The one that signed before stays trusted, but signs no more: its private key is deleted.
pub(super) async fn activate(req: Request, key_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let asker = Asker::of(&req);
    let keys = req.act(id(&key_id)?, move |act, id| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        ca_keys::activate(act, *id)?;
        Ok::<_, ApiError>(ca_keys::shown(act)?)
    });
    Ok(Response::json(&keys.await?))
}

/// Removes a key, which revokes everything that it signed.
pub(super) async fn remove(req: Request, key_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let asker = Asker::of(&req);
    let removed = req.act(id(&key_id)?, move |act, id| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        Ok::<_, ApiError>(ca_keys::remove(act, *id)?)
    });
    removed.await?;
    Ok(Response::no_content())
}
