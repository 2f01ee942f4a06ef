//! `pocketid config set`

use std::{
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

use super::{
    super::{context::Context, error::CliError},
    key::{self, require_database_in_charge},
    view::SettingView,
};
use crate::{
    crypto::{MasterKey, Secret},
    model::{AuditEvent, ConfigKey, EventKind, app_config::Origin},
    server::{self, StartError},
    store::{
        Tx, audit_events, groups,
        settings::{self, StoredSetting, StoredValue},
    },
};

/// The longest value that is read, in bytes; each key has its own bound below it.
const MAX_VALUE: u64 = 64 * 1024;

const EXAMPLES: &str = "\
Examples:
  pocketid config set appName \"Home\"
  pocketid config set sessionDuration 480
  pocketid config set signupDefaultCustomClaims '[{\"key\":\"team\",\"value\":\"red\"}]'
  pocketid config set smtpPassword - < smtp.password
  pocketid config set smtpPassword --value-file /run/secrets/smtp

A running server takes it up within two seconds. An empty value is the same as `pocketid config unset`,
except for secrets, whose command may only have failed.";

/// Set a setting
///
/// A wrong value is refused with what it has to be, and changes nothing. Secrets come from standard input or
/// from a file, so that no list of processes and no history of a shell has them; they are stored sealed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES, group = clap::ArgGroup::new("new").required(true))]
pub struct Set {
    /// Setting, such as appName; `pocketid config list` has all of them
    #[arg(value_name = "SETTING")]
    key: String,
    /// Value; - reads it from standard input
    #[arg(value_name = "VALUE", group = "new", allow_hyphen_values = true)]
    value: Option<String>,
    /// Read the value from a file
    #[arg(long, value_name = "FILE", group = "new")]
    value_file: Option<PathBuf>,
}

impl Set {
    pub fn run(self, ctx: &Context) -> Result<SettingView, CliError> {
        let key = key::find(&self.key)?;
        require_database_in_charge(ctx, key)?;
        let text = self.read(key)?;
        if key.is_secret() && text.expose().is_empty() {
            return Err(nothing_came(key));
        }
        let value = key.check(text.expose()).map_err(|error| {
            CliError::usage(format!("{} {}", key.name(), error.message))
                .hint(format!("nothing was changed; it is {}", lower(key.description())))
        })?;
        if value.is_empty() {
            super::unset::unset(ctx, key)?;
            return Ok(SettingView::new(key, key.default_value(), Origin::Default));
        }
        let (setting, master_key) = stored(ctx, key, &Secret::new(value.as_str()))?;
        let event = ctx.event(EventKind::AppConfigChanged, None, [("key", key.name().to_owned())]);
        let now = ctx.now();
        let is_new = ctx.store()?.write_blocking(move |tx| {
            require_groups(tx, key, &setting)?;
            let old = settings::list(tx)?.into_iter().find(|one| one.key == setting.key);
            if old.as_ref() == Some(&setting) {
                return Ok(false);
            }
            settings::put(tx, &setting, master_key.as_ref(), now)?;
            audit_events::insert(tx, &told(&event, old.as_ref(), Some(&setting)))?;
            Ok::<_, CliError>(true)
        })?;
        if !key.has_effect() {
            ctx.report().warn(format!(
                "{} is stored and has no effect: this version sends no mail and reads no directory",
                key.name()
            ));
        }
        if !is_new {
            ctx.report()
                .note(format!("{} has this value already; nothing was changed.", key.name()));
        }
        Ok(SettingView::new(key, &value, Origin::Stored))
    }

    /// Reads the value from where it is; a secret is no argument.
    fn read(self, key: ConfigKey) -> Result<Secret, CliError> {
        match (self.value.as_deref(), self.value_file) {
            (Some("-"), _) => read_text(io::stdin().lock(), "standard input"),
            (Some(value), _) if key.is_secret() && !value.is_empty() => {
                Err(CliError::usage(format!("{} is a secret, which is no argument", key.name()))
                    .hint(format!("pipe it in: pocketid config set {} -", key.name()))
                    .hint("or name a file that holds it: --value-file FILE"))
            }
            (Some(value), _) => Ok(Secret::new(value)),
            (None, file) => {
                let path = file.unwrap_or_default();
                let name = path.display().to_string();
                read_text(File::open(path).map_err(|error| unreadable(&name, &error))?, &name)
            }
        }
    }
}

/// What prints a secret prints nothing when it fails: that takes no secret away.
fn nothing_came(key: ConfigKey) -> CliError {
    CliError::usage(format!("the value of {} is empty; nothing was changed", key.name()))
        .hint(format!("to take it away: pocketid config unset {}", key.name()))
}

/// Reads a text without the newline at its end.
fn read_text(from: impl Read, name: &str) -> Result<Secret, CliError> {
    let mut text = String::new();
    from.take(MAX_VALUE + 1).read_to_string(&mut text).map_err(|error| unreadable(name, &error))?;
    if text.len() as u64 > MAX_VALUE {
        return Err(CliError::refused(format!("{name} is too long for a setting"))
            .hint(format!("it may have {} KiB", MAX_VALUE / 1024)));
    }
    let trimmed = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(trimmed.strip_suffix('\r').unwrap_or(trimmed)))
}

fn unreadable(name: &str, error: &io::Error) -> CliError {
    CliError::refused(format!("cannot read the value from {name}: {error}"))
        .hint("it has to be a text that this user can read")
}

/// The row of a value; a secret is sealed under the key that comes with it.
fn stored(
    ctx: &Context,
    key: ConfigKey,
    value: &Secret,
) -> Result<(StoredSetting, Option<MasterKey>), CliError> {
    if !key.is_secret() {
        let value = StoredValue::Plain(value.expose().to_owned());
        return Ok((StoredSetting { key: key.name().to_owned(), value }, None));
    }
    let rng = ctx.rng().as_ref();
    let master_key =
        server::unlock(ctx.settings()?, ctx.store()?, rng).map_err(StartError::EncryptionKey)?;
    Ok((server::sealed_setting(key, value, &master_key, rng), Some(master_key)))
}

/// Refuses groups that are not there.
fn require_groups(tx: &mut Tx<'_>, key: ConfigKey, new: &StoredSetting) -> Result<(), CliError> {
    let (ConfigKey::SignupDefaultUserGroupIds, StoredValue::Plain(ids)) = (key, &new.value) else {
        return Ok(());
    };
    for id in serde_json::from_str::<Vec<crate::model::GroupId>>(ids).unwrap_or_default() {
        if groups::find(tx, id)?.is_none() {
            return Err(CliError::refused(format!("there is no group {id}"))
                .hint("ids are in: pocketid group list -o json"));
        }
    }
    Ok(())
}

/// The audit entry of a change, which never tells a secret.
pub fn told(
    event: &AuditEvent,
    old: Option<&StoredSetting>,
    new: Option<&StoredSetting>,
) -> AuditEvent {
    let mut event = event.clone();
    for (name, setting) in [("previousValue", old), ("value", new)] {
        if let Some(StoredSetting { value: StoredValue::Plain(text), .. }) = setting {
            event.data.insert(name, text.clone());
        }
    }
    event
}

/// A sentence that goes on.
fn lower(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
