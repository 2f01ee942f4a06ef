//! `pocketid export-config`

use super::{
    super::{context::Context, error::CliError, globals::Output},
    prepare::prepare,
    wording::refuse,
};
use crate::configuration::{leave_out_refused, portable, printable, schema, write};

const EXAMPLES: &str = "\
Examples:
  pocketid export-config > pocketid.yaml
  umask 077; pocketid export-config --with-secrets > pocketid.yaml
  pocketid export-config --schema > pocketid.schema.json";

/// Print the installation as a file that `pocketid apply` takes
///
/// In YAML, or as JSON, which is YAML as well. Applied to an empty installation it makes an equal one, except for what only its owner can bring back:
/// passkeys, sessions, and secrets unless --with-secrets. A secret among the settings is a reference to
/// its variable, such as SMTP_PASSWORD.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct ExportConfig {
    /// Also the digests of client secrets, with which the clients go on working elsewhere
    #[arg(long)]
    with_secrets: bool,
    /// Print the JSON schema of the file instead
    #[arg(long, conflicts_with = "with_secrets")]
    schema: bool,
}

impl ExportConfig {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        if self.schema {
            let schema = serde_json::to_string_pretty(&schema()).unwrap_or_default();
            return ctx.report().text(&format!("{schema}\n"));
        }
        let store = ctx.existing_store()?;
        let workshop = prepare(ctx, store, false)?;
        let document = store.read_blocking(|tx| workshop.whole(tx))?;
        let mut document = portable(document, self.with_secrets);
        let left_out = leave_out_refused(&mut document).map_err(|error| refuse("", error))?;
        left_out.iter().for_each(|warning| ctx.report().warn(warning));
        ctx.report().text(&match ctx.report().output() {
            Output::Json => {
                let json = serde_json::to_string_pretty(&document.to_json()).unwrap_or_default();
                format!("{}\n", printable(&json))
            }
            Output::Env | Output::Text => write(&document),
        })
    }
}
