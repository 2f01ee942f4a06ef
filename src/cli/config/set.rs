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
    crypto::Secret,
    model::{ConfigKey, app_config::Origin},
    operations::app_config::{self, ConfigEdit, Keeper},
};

/// The maximum size of a value, in bytes; every setting has a lower limit of its own.
const MAX_VALUE: u64 = 64 * 1024;

const EXAMPLES: &str = "\
Examples:
  pocketid config set appName \"Home\"
  pocketid config set sessionDuration 480
  pocketid config set signupDefaultCustomClaims '[{\"key\":\"team\",\"value\":\"red\"}]'
  pocketid config set smtpPassword - < smtp.password
  pocketid config set smtpPassword --value-file /run/secrets/smtp

A running server applies it within two seconds. An empty value is the same as `pocketid config unset`,
except for secrets, where it is refused: the command that prints the secret may have failed.";

/// Set a setting
///
/// A wrong value is refused with a description of a valid one, and changes nothing. Secrets come
/// from standard input or from a file, so that no list of processes and no history of a shell has
/// them; they are stored sealed.
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
        let edit = ConfigEdit::parse(key, text.expose()).map_err(|error| {
            CliError::usage(format!("{} {}", key.name(), error.message))
                .hint(format!("nothing was changed; description: {}", lower(key.description())))
        })?;
        let origin = if edit.is_reset() { Origin::Default } else { Origin::Stored };
        let view = SettingView::new(key, edit.text(), origin);
        let store = if edit.is_reset() { ctx.existing_store()? } else { ctx.store()? };
        let master_key = key.is_secret().then(|| ctx.master_key()).transpose()?;
        let input = (Keeper::Database(master_key.map(Box::new)), [edit]);
        let changed =
            ctx.act(store, input, |act, (keeper, edits)| app_config::set(act, keeper, edits))?;
        if changed.is_empty() {
            ctx.report()
                .note(format!("{} already has this value; nothing was changed.", key.name()));
        }
        Ok(view)
    }

    /// Reads the value from its source; refuses a secret as an argument.
    fn read(self, key: ConfigKey) -> Result<Secret, CliError> {
        match (self.value.as_deref(), self.value_file) {
            (Some("-"), _) => read_text(io::stdin().lock(), "standard input"),
            (Some(value), _) if key.is_secret() && !value.is_empty() => Err(CliError::usage(
                format!("{} is a secret, and must not be an argument", key.name()),
            )
            .hint(format!("pipe it in: pocketid config set {} -", key.name()))
            .hint("or name a file that contains it: --value-file FILE")),
            (Some(value), _) => Ok(Secret::new(value)),
            (None, file) => {
                let path = file.unwrap_or_default();
                let name = path.display().to_string();
                read_text(File::open(path).map_err(|error| unreadable(&name, &error))?, &name)
            }
        }
    }
}

/// Refuses an empty secret: it may be the output of a command that failed.
fn nothing_came(key: ConfigKey) -> CliError {
    CliError::usage(format!("the value of {} is empty; nothing was changed", key.name()))
        .hint(format!("to remove it: pocketid config unset {}", key.name()))
}

/// Reads a text without its trailing newline.
fn read_text(from: impl Read, name: &str) -> Result<Secret, CliError> {
    let mut text = String::new();
    from.take(MAX_VALUE + 1).read_to_string(&mut text).map_err(|error| unreadable(name, &error))?;
    if text.len() as u64 > MAX_VALUE {
        return Err(CliError::refused(format!("{name} is too long for a setting"))
            .hint(format!("it may have at most {} KiB", MAX_VALUE / 1024)));
    }
    let trimmed = text.strip_suffix('\n').unwrap_or(&text);
    Ok(Secret::new(trimmed.strip_suffix('\r').unwrap_or(trimmed)))
}

fn unreadable(name: &str, error: &io::Error) -> CliError {
    CliError::refused(format!("cannot read the value from {name}: {error}"))
        .hint("it must be a text file that this user can read")
}

/// Lowercases the first letter and drops the full stop, to continue a sentence.
fn lower(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    chars.next().map(|first| first.to_lowercase().chain(chars).collect()).unwrap_or_default()
}
