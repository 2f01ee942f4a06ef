//! Everything generated from the clap model: man pages, the reference, completions.

mod completions;
mod man;
mod names;
mod reference;

pub use completions::{Completions, answer_shell};
pub use man::Man;

use clap::Command;

/// The clap model without hidden commands.
fn shown_commands() -> Command {
    let root = super::command();
    let shown = root.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    Command::new("pocketid")
        .version(env!("CARGO_PKG_VERSION"))
        .about(root.get_about().cloned().unwrap_or_default())
        .long_about(root.get_long_about().cloned().unwrap_or_default())
        .after_long_help(root.get_after_long_help().cloned().unwrap_or_default())
        .subcommand_required(true)
        .args(root.get_arguments().cloned())
        .subcommands(shown)
}
