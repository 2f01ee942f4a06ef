//! The clap model without hidden commands.

use clap::Command;

use super::super::help_groups::grouped;

/// The clap model of the program without its hidden commands.
pub fn shown_commands(root: &Command) -> Command {
    let shown = root.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    let root = Command::new("pocketid")
        .version(env!("CARGO_PKG_VERSION"))
        .about(root.get_about().cloned().unwrap_or_default())
        .long_about(root.get_long_about().cloned().unwrap_or_default())
        .after_long_help(root.get_after_long_help().cloned().unwrap_or_default())
        .subcommand_required(true)
        .args(root.get_arguments().cloned())
        .subcommands(shown);
    grouped(root)
}
