//! `pocketid export-config`

use serde_json::{Value, json};

use super::{
    super::{context::Context, error::CliError, globals::Output},
    document::{
        Document, Kind, schema,
        write::{printable, write},
    },
    export_check,
    extent::Extent,
    workshop::Workshop,
};

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
        let workshop = Workshop::new(ctx, store, false)?;
        let document = store.read_blocking(|tx| workshop.current(tx, &Extent::everything()))?;
        let mut document = self.portable(document);
        export_check::leave_out_refused(ctx, &mut document)?;
        ctx.report().text(&match ctx.report().output() {
            Output::Json => {
                let json = serde_json::to_string_pretty(&document.to_json()).unwrap_or_default();
                format!("{}\n", printable(&json))
            }
            Output::Env | Output::Text => write(&document),
        })
    }

    /// Removes everything that is not portable: empty values, and secrets unless `--with-secrets`
    /// is given.
    fn portable(&self, mut document: Document) -> Document {
        for thing in document.sections.values_mut().flatten() {
            if !self.with_secrets {
                thing.fields.remove("secrets");
            }
            for name in ["logo", "darkLogo"] {
                if let Some((logo, _)) = thing.fields.get_mut(name) {
                    *logo = json!({ "base64": logo.take() });
                }
            }
            // A client that is open to all users although it lists groups states so.
            let lists_groups = !thing.list("allowedUserGroups").is_empty();
            if thing.kind != Kind::Setting {
                thing.fields.retain(|name, (value, _)| {
                    !is_default(value)
                        || (*name == "isGroupRestricted" && lists_groups)
                        // A missing emailVerified takes the setting emailsVerified, which may
                        // differ on the target.
                        || *name == "emailVerified"
                });
            }
        }
        document
    }
}

/// Whether a new entity has this value by default.
fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}
