//! Makes one backup in the backup folder.

use crate::{
    backup::{BackupError, BackupInput, Destination, Facts, Protection, Stored, Unseen},
    encryption_key::{KeyToSave, key_to_save},
    model::{InstallationId, Place, Timestamp},
    server::App,
};

/// Makes a backup. A scheduled one has the id of its installation in its name. Blocks the thread.
pub(in crate::server) fn make(
    app: &App,
    target: Place,
    made_by_itself_of: Option<InstallationId>,
    now: Timestamp,
) -> Result<(Destination, Stored), BackupError> {
    let settings = &app.settings().backup;
    let destination = Destination::folder(target, settings.s3.as_ref())?;
    let key = match key_to_save(app.settings(), app.store())? {
        KeyToSave::Elsewhere => None,
        KeyToSave::Kept(key) => Some(key),
        KeyToSave::Unknown(path) => {
            let path = path.display();
            tracing::warn!(%path, "the encryption key file is missing, so the backup does not \
                                   contain the key");
            None
        }
    };
    let facts = Facts {
        made_by_itself_of,
        created_at: now,
        engine: app.settings().database.engine(),
        app_url: app.settings().app_url.as_str(),
        encryption_key: key.as_ref(),
    };
    let passphrase = settings.passphrase.as_ref();
    let protection = passphrase.map(|passphrase| Protection { passphrase, rng: app.rng() });
    let id = app.new_id(now);
    let source = BackupInput { store: app.store(), facts: &facts };
    let stored = destination.store(source, protection, id, &Unseen)?;
    let (place, rows) = (&stored.place, stored.manifest.rows());
    tracing::info!(%place, bytes = stored.size, rows, "made a backup");
    Ok((destination, stored))
}
