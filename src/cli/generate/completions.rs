//! `pocketid completions`
//!
//! The script calls this program for each completion, since only the program knows the commands and
//! the names in the database.

use clap::Command;
use clap_complete::{
    CompleteEnv,
    env::{Bash, EnvCompleter, Fish, Zsh},
};

use super::{
    super::{context::Context, error::CliError},
    names,
    shown::shown_commands,
};

/// The variable that tells the program which shell is asking for completions.
const VARIABLE: &str = "POCKETID_COMPLETE";

/// Zsh loads the script while it completes the first word, so the script must also complete that
/// word.
const ZSH_FIRST_WORD: &str =
    "[[ ${funcstack[1]} == _pocketid ]] && _clap_dynamic_completer_pocketid \"$@\"\n";

const EXAMPLES: &str = "\
Examples:
  pocketid completions bash > /usr/share/bash-completion/completions/pocketid
  pocketid completions zsh > /usr/share/zsh/site-functions/_pocketid
  pocketid completions fish > /usr/share/fish/vendor_completions.d/pocketid.fish";

/// Print completions for a shell
///
/// They complete commands and options, and the names of users, groups, clients, APIs, webhooks, protected hosts, recipes and settings. The
/// script calls `pocketid`, which has to be on the PATH and to find its database.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Completed,
}

/// The supported shells.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Completed {
    Bash,
    Fish,
    Zsh,
}

impl Completions {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let (shell, end): (&dyn EnvCompleter, _) = match self.shell {
            Completed::Bash => (&Bash, ""),
            Completed::Fish => (&Fish, ""),
            Completed::Zsh => (&Zsh, ZSH_FIRST_WORD),
        };
        let mut script = Vec::new();
        shell
            .write_registration(VARIABLE, "pocketid", "pocketid", "pocketid", &mut script)
            .expect("memory takes what is written");
        ctx.report().text(&(String::from_utf8_lossy(&script) + end))
    }
}

/// Answers a shell's request for completions; does not return in that case.
pub fn answer_shell(command: fn() -> Command) {
    let completed = || names::completed(shown_commands(&command()));
    CompleteEnv::with_factory(completed).var(VARIABLE).complete();
}
