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
It can be made while the server runs, and is of one moment. It fits either engine: a backup of SQLite
restores into PostgreSQL, and the reverse. What is in it is in docs/backup-format.md.

When ENCRYPTION_KEY is not set, the key that was made for the database is in the backup as well: then
whoever has the backup has every secret. When ENCRYPTION_KEY is set, the key is not in the backup, and
restoring needs the same key.

With a passphrase it is encrypted in the format of age (https://age-encryption.org/v1), and can be
opened without this program: age --decrypt. Without the passphrase nobody can open it, so keep that
elsewhere. `restore` and `backup verify` then refuse what is not encrypted.

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
/// PATH is a file that does not exist yet, or a folder for a file that is named after the moment; both may
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
