//! `pocketid completions`

use clap_complete::Shell;

use super::{
    super::{context::Context, error::CliError},
    shown_commands,
};

const EXAMPLES: &str = "\
Examples:
  pocketid completions bash > /usr/share/bash-completion/completions/pocketid
  pocketid completions zsh > /usr/share/zsh/site-functions/_pocketid
  pocketid completions fish > /usr/share/fish/vendor_completions.d/pocketid.fish";

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Completed,
}

/// The shells that there are completions for.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Completed {
    Bash,
    Fish,
    Zsh,
}

impl Completions {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let shell = match self.shell {
            Completed::Bash => Shell::Bash,
            Completed::Fish => Shell::Fish,
            Completed::Zsh => Shell::Zsh,
        };
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut shown_commands(), "pocketid", &mut script);
        ctx.report().text(&String::from_utf8_lossy(&script))
    }
}
