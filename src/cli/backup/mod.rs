//! `pocketid backup` and `pocketid restore`

mod bar;
pub mod create;
mod fault;
mod list;
mod passphrase;
pub mod restore;
mod source;
mod stop;
mod told;
mod verify;

use super::{context::Context, error::CliError};

const DETAILS: &str = "\
It can be made while the server runs, and is a consistent snapshot. It fits either engine: a backup of
SQLite can be restored into PostgreSQL, and vice versa. docs/backup-format.md describes the format.

When ENCRYPTION_KEY is not set, the backup contains the generated key of the database, and so gives
access to every secret. When ENCRYPTION_KEY is set, the backup does not contain the key, and restoring
needs the same key.

With a passphrase it is encrypted in the format of age (https://age-encryption.org/v1), and can be
opened without this program: age --decrypt. It cannot be opened without the passphrase, so store that
elsewhere. With a passphrase, `restore` and `backup verify` refuse unencrypted backups.

Examples:
  pocketid backup
  pocketid backup --passphrase
  pocketid backup /var/backups
  pocketid backup - | ssh backup@example.com 'umask 077; cat > pocketid.zip'
  pocketid backup s3://backups/id/
  pocketid backup list /var/backups
  pocketid backup verify pocketid-20261124T080000Z-0.1.0.zip
  pocketid restore pocketid-20261124T080000Z-0.1.0.zip";

/// Save all data to one file
///
/// PATH is a file that does not exist yet, or a folder for a file with the time in its name; both may
/// be in S3. Without PATH it is made in BACKUP_TARGET, or else in the working directory.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = DETAILS,
    args_conflicts_with_subcommands = true,
    subcommand_value_name = "COMMAND"
)]
pub struct Backup {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    create: create::Create,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    List(list::List),
    Verify(verify::Verify),
}

impl Backup {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self.command {
            None => match self.create.run(ctx)? {
                Some(made) => ctx.report().result(&made),
                None => Ok(()),
            },
            Some(Command::List(list)) => ctx.report().result(&list.run(ctx)?),
            Some(Command::Verify(verify)) => ctx.report().result(&verify.run(ctx)?),
        }
    }
}
