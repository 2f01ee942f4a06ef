//! Shell completion of names in the database.
//!
//! The argument's value name selects the names: `USER` in the help always stands for a user. Errors
//! offer nothing and print nothing, since the user is in the middle of a line.

use std::ffi::OsStr;

use clap::{Arg, Command};
use clap_complete::{ArgValueCompleter, CompletionCandidate};

use super::super::{
    context::Context,
    error::CliError,
    globals::{ColorWhen, Globals, Output},
    report::Report,
};
use crate::{
    model::ConfigKey,
    recipe::Library,
    store::{StoreError, Tx, apis, clients, groups, protected_hosts, services, users, webhooks},
};

/// The maximum number of names to offer.
const MAX_OFFERED: usize = 200;

/// Every alias of a command.
const ALIASES: [&str; 6] = ["add", "create", "delete", "ls", "remove", "rm"];

type Names = fn(&Context) -> Result<Vec<String>, CliError>;

/// Adds name completion to every matching argument, and offers commands by their own names.
pub fn completed(command: Command) -> Command {
    with_hidden_aliases(command).mut_args(with_names).mut_subcommands(completed)
}

/// Offers an alias only for a word that no name begins with. Of several words for one command only the
/// first in the alphabet would be offered: `add` in the place of `create`.
fn with_hidden_aliases(command: Command) -> Command {
    let is_its = |alias: &&str| command.get_all_aliases().any(|its| its == *alias);
    let aliases: Vec<_> = ALIASES.iter().copied().filter(is_its).collect();
    command.visible_alias(None).aliases(aliases)
}

fn with_names(arg: Arg) -> Arg {
    let (noun, names): (&str, Names) = match arg.get_value_names() {
        Some([name]) => match name.as_str() {
            "CLIENT" => ("client", |ctx| stored(ctx, clients::names)),
            "GROUP" => ("group", |ctx| stored(ctx, groups::names)),
            "PROTECTED" => ("protected host", |ctx| stored(ctx, protected_hosts::hosts)),
            "RECIPE" => ("recipe", recipes),
            "RESOURCE" => ("API", |ctx| stored(ctx, resources)),
            "SETTING" => ("setting", |_| {
                Ok(ConfigKey::ALL.iter().map(|key| key.name().to_owned()).collect())
            }),
            "SERVICE" => ("service", |ctx| stored(ctx, services::names)),
            "USER" => ("user", |ctx| stored(ctx, users::names)),
            "WEBHOOK" => ("webhook", |ctx| stored(ctx, webhooks::names)),
            _ => return arg,
        },
        _ => return arg,
    };
    arg.add(ArgValueCompleter::new(move |typed: &OsStr| offered(noun, names, typed)))
}

/// The names that begin as `typed`. The noun is their description: zsh lists words without one after
/// the options.
fn offered(noun: &'static str, names: Names, typed: &OsStr) -> Vec<CompletionCandidate> {
    let context = Context::new(Report::new(&Globals {
        output: Output::Text,
        quiet: true,
        color: ColorWhen::Never,
        utc: false,
    }));
    let (Some(typed), Ok(mut names)) = (typed.to_str(), names(&context)) else {
        return Vec::new();
    };
    let typed = typed.to_lowercase();
    names.retain(|name| is_word(name) && name.to_lowercase().starts_with(&typed));
    let candidate = |name: String| CompletionCandidate::new(name).help(Some(noun.into()));
    names.into_iter().take(MAX_OFFERED).map(candidate).collect()
}

/// Whether the name needs no quotes in any shell. Not every shell quotes completions.
fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || "-_.@:/+%,=".contains(c))
}

fn stored(
    ctx: &Context,
    names: fn(&mut Tx<'_>) -> Result<Vec<String>, StoreError>,
) -> Result<Vec<String>, CliError> {
    Ok(ctx.existing_store()?.read_blocking(names)?)
}

fn resources(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    Ok(apis::list(tx)?.into_iter().map(|api| api.resource.to_string()).collect())
}

fn recipes(ctx: &Context) -> Result<Vec<String>, CliError> {
    let recipes = Library::beside(ctx.settings()?.data_folder()).list()?;
    Ok(recipes.into_iter().map(|recipe| recipe.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_still_names_its_command() {
        fn check(command: &Command) {
            for command in command.get_subcommands() {
                for alias in command.get_all_aliases() {
                    assert!(ALIASES.contains(&alias), "{alias}");
                }
                check(command);
            }
        }
        check(&super::super::super::args::command());
    }

    #[test]
    fn names_that_a_shell_would_take_apart_are_not_offered() {
        for name in ["alice", "alice@example.com", "https://api.example.com/v1", "Zoë"] {
            assert!(is_word(name), "{name}");
        }
        for name in ["My App", "$(reboot)", "a;b", "a'b", "a*", "a\\b", "a\nb", "~a", "!a", "#a"] {
            assert!(!is_word(name), "{name}");
        }
    }
}
