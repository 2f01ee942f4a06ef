//! `pocketid rotate-encryption-key`

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use super::super::{
    column::TableColumn,
    context::Context,
    error::{CliError, Kind},
    page::Page,
    prompt,
    report::Outcome,
    secret_file,
};
use crate::{
    crypto::Secret,
    encryption_key::{self, KeyOrigin, Rotated},
    model::EventKind,
    server::{self, KeyStore, StartError},
    settings::{HOW_TO_MAKE_A_KEY, MIN_ENCRYPTION_KEY},
    store::{ServerClaim, StoreError},
};

const EXAMPLES: &str = "\
Examples:
  umask 077; openssl rand -base64 32 > new.key
  pocketid rotate-encryption-key --new-key-file new.key
  pocketid rotate-encryption-key --new-key-file - --yes < new.key
  pocketid rotate-encryption-key               Another key in data/encryption.key
  pocketid rotate-encryption-key --lost-key    Delete the secrets of a lost key

Stop the server first if the database is an SQLite file, and every server for --lost-key. Otherwise
servers on PostgreSQL may keep running; restart each of them with the new key afterwards.

Unused one-time links and device codes stop working: create new ones.";

/// The warning before --lost-key proceeds.
const LOSS: &str = "\
This deletes the secrets of the lost key for good: the signing keys, which are replaced by new ones, and
secret settings, which must be entered again. Users, passkeys, groups, clients and their secrets stay.
Look for the old key first: in the environment and the .env of the server, in the file encryption.key
beside the database, in backups. An SQLite file is copied before, in case the key is found.";

/// Encrypt the secrets in the database with another key
///
/// The signing keys and every other secret that has to be read back are sealed under the encryption
/// key. All of them are sealed under the new one, or none: it may be interrupted at any moment.
/// Where the key is kept in the file encryption.key beside the database, that is replaced, and the
/// new key is drawn unless one is given. Where it is in ENCRYPTION_KEY or ENCRYPTION_KEY_FILE, put
/// the new one there afterwards.
///
/// With --lost-key, when the key is gone: the secrets sealed under it are dropped, and the present
/// key takes its place.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct RotateEncryptionKey {
    /// File with the new key, 16 bytes or more; - is standard input. A line feed at its end is ignored
    #[arg(long, value_name = "FILE", conflicts_with = "lost_key")]
    new_key_file: Option<PathBuf>,
    /// Delete the secrets encrypted with a lost key
    #[arg(long)]
    lost_key: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// The result: the number of resealed or dropped secrets by place, and the location of the key.
#[derive(Debug)]
pub struct RotatedEncryptionKey {
    rotated: Rotated,
    /// The word for the counts: resealed or dropped.
    counted: &'static str,
    /// A copy of the database from before the secrets were dropped.
    copy: Option<PathBuf>,
}

impl RotateEncryptionKey {
    pub fn run(self, ctx: &Context) -> Result<RotatedEncryptionKey, CliError> {
        if self.lost_key {
            replace_lost(ctx, self.yes)
        } else {
            let new = self.new_key_file.as_deref().map(read_new_key).transpose()?;
            let told = rotate(ctx, new, self.yes)?;
            say_what_is_left_to_do(ctx, &told.rotated, self.new_key_file.as_deref());
            Ok(told)
        }
    }
}

/// Reseals every secret under a new key.
pub fn rotate(
    ctx: &Context,
    new: Option<Secret>,
    yes: bool,
) -> Result<RotatedEncryptionKey, CliError> {
    let store = ctx.existing_store()?;
    let settings = ctx.settings()?;
    let origin = KeyOrigin::of(settings)?;
    if new.is_none() && !matches!(origin, KeyOrigin::Kept(_)) {
        return Err(CliError::usage(
            "--new-key-file is missing: the key is not kept in encryption.key",
        )
        .hint(HOW_TO_MAKE_A_KEY));
    }
    // Held until the end, so that no server starts with the old key meanwhile.
    let _claim = claim(ctx)?;
    prompt::confirm(ctx, yes, "This encrypts every secret in the database with another key.")?;
    let event = ctx.event(EventKind::EncryptionKeyRotated, None, []);
    let rotated = encryption_key::rotate_encryption_key(settings, store, ctx.rng(), new, event)?;
    tell_ended_codes(ctx, &rotated);
    Ok(RotatedEncryptionKey { rotated, counted: "resealed", copy: None })
}

fn replace_lost(ctx: &Context, yes: bool) -> Result<RotatedEncryptionKey, CliError> {
    let store = ctx.existing_store()?;
    let settings = ctx.settings()?;
    // A running server still has the key in memory, so it is not lost.
    let _claim = store.claim_alone().map_err(told_if_served)?;
    prompt::confirm(ctx, yes, LOSS)?;
    encryption_key::refuse_unless_lost(settings, store)?;
    let copy = store.keep_copy(&format!("before-lost-key-{}", ctx.now().compact()))?;
    let event = ctx.event(EventKind::EncryptionKeyReplaced, None, []);
    let rotated = encryption_key::replace_lost_encryption_key(settings, store, ctx.rng(), event)?;
    let master_key = encryption_key::unlock(settings, store, ctx.rng().as_ref())?;
    let place = KeyStore { store, master_key: &master_key, rng: ctx.rng().as_ref() };
    server::make_missing_keys(place, ctx.now()).map_err(StartError::Keys)?;
    ctx.report().warn(
        "the secrets of the lost key were deleted: people may have to sign in to their \
         applications again, and applications that cache the signing keys may need a restart; see \
         the audit log",
    );
    tell_ended_codes(ctx, &rotated);
    if let Some(copy) = &copy {
        ctx.report().note(format!(
            "A copy of the database is in {}: it can be used if the old key is found.",
            copy.display()
        ));
    }
    Ok(RotatedEncryptionKey { rotated, counted: "dropped", copy })
}

/// Warns that typed codes have ended: only their digests under the old key are stored.
fn tell_ended_codes(ctx: &Context, rotated: &Rotated) {
    let ended = rotated.ended_codes;
    if ended > 0 {
        ctx.report().warn(format!(
            "{ended} one-time links and device codes ended with the old key: create new ones with \
             pocketid recover"
        ));
    }
}

/// Claims an SQLite database, so that no server continues with the old key.
fn claim(ctx: &Context) -> Result<ServerClaim, CliError> {
    ctx.existing_store()?.claim_for_server().map_err(told_if_served)
}

fn told_if_served(error: StoreError) -> CliError {
    match error {
        StoreError::Served { path } => {
            let message = format!("a server is using {}, with the current key", path.display());
            CliError::refused(message).hint("stop it first, and start it with the new key")
        }
        error => error.into(),
    }
}

fn read_new_key(path: &Path) -> Result<Secret, CliError> {
    let key = secret_file::read(path, "the new encryption key")?;
    check_new_key(&key)?;
    Ok(key)
}

/// Refuses a key that does not fit into a setting, or that a setting would refuse.
pub fn check_new_key(key: &Secret) -> Result<(), CliError> {
    let fault = match key.expose() {
        key if key.len() < MIN_ENCRYPTION_KEY => {
            format!("is shorter than {MIN_ENCRYPTION_KEY} bytes")
        }
        key if key.contains(char::is_control) => "is more than one line of text".to_owned(),
        key if key.trim() != key => "starts or ends with white space".to_owned(),
        _ => return Ok(()),
    };
    Err(CliError::new(Kind::Refused, format!("the new encryption key {fault}"))
        .hint(HOW_TO_MAKE_A_KEY))
}

/// Tells the user to change the setting that holds the key, and when.
fn say_what_is_left_to_do(ctx: &Context, rotated: &Rotated, file: Option<&Path>) {
    let file = file.filter(|path| *path != Path::new("-"));
    let new =
        file.map_or("the new key".to_owned(), |path| format!("the key in {}", path.display()));
    let change = match &rotated.origin {
        KeyOrigin::Kept(path) => {
            let path = path.display();
            let old = rotated
                .old_key
                .as_ref()
                .map_or_else(String::new, |old| format!(", which is kept in {}", old.display()));
            return ctx.report().note(format!(
                "The new key is in {path}. Older backups of the database need the old key{old}."
            ));
        }
        KeyOrigin::Variable => format!("set ENCRYPTION_KEY to {new}"),
        KeyOrigin::File(path) => format!("put {new} into {}", path.display()),
    };
    ctx.report().note(format!(
        "Every secret is encrypted with the new key. Now, before any server or command starts \
         again, {change};\nrestart every running server. Older backups need the old key: keep it \
         with them."
    ));
}

impl Serialize for RotatedEncryptionKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let counts: serde_json::Map<_, _> = self
            .rotated
            .counts
            .iter()
            .map(|(place, count)| (place.as_str().to_owned(), (*count).into()))
            .collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.counted, &counts)?;
        map.serialize_entry("endedCodes", &self.rotated.ended_codes)?;
        if let Some(path) = self.copy.as_ref().or(self.rotated.old_key.as_ref()) {
            map.serialize_entry("keptAs", path)?;
        }
        map.end()
    }
}

impl Outcome for RotatedEncryptionKey {
    fn write_text(&self, page: &mut Page) {
        let rows = self.rotated.counts.iter();
        let rows = rows.map(|(place, count)| [place.as_str().to_owned(), count.to_string()]);
        let rows = rows.collect();
        page.table(
            [TableColumn::text("SEALED"), TableColumn::whole(&self.counted.to_uppercase())],
            rows,
        );
    }
}
