//! Prompts, on a terminal only.

use std::{fmt, str::FromStr};

use dialoguer::{Input, Password};

use super::{context::Context, error::CliError};
use crate::crypto::Secret;

/// Asks for a required value; without a terminal it must be given as `option`.
pub fn required<T>(ctx: &Context, given: Option<T>, what: &str, option: &str) -> Result<T, CliError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    if let Some(given) = given {
        return Ok(given);
    }
    if !ctx.report().can_ask() {
        return Err(CliError::usage(format!(
            "{option} is missing, and there is no terminal to ask"
        ))
        .hint(format!("add {option}, or run the command on a terminal")));
    }
    let text = ask::<T>(what, false)?;
    text.parse().map_err(|error: T::Err| CliError::usage(format!("{what} {error}")))
}

/// Asks for an optional value; without a terminal it is left out.
pub fn optional<T>(ctx: &Context, given: Option<T>, what: &str) -> Result<Option<T>, CliError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    if given.is_some() || !ctx.report().can_ask() {
        return Ok(given);
    }
    let text = ask::<T>(&format!("{what} (optional)"), true)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|error: T::Err| CliError::usage(format!("{what} {error}")))
}

/// Asks for confirmation of a destructive action; without a terminal `--yes` is required.
pub fn confirm(ctx: &Context, yes: bool, consequence: &str) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !ctx.report().can_ask() {
        return Err(CliError::usage("this cannot be undone, and there is no terminal to ask")
            .hint("add --yes to confirm"));
    }
    ctx.report().note(consequence);
    let prompt = Input::<String>::new().with_prompt("Continue? [y/N]").allow_empty(true);
    let answer = prompt.interact_text().map_err(|error| no_answer(&error))?;
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        Ok(())
    } else {
        Err(CliError::refused("the answer was not yes: nothing was changed"))
    }
}

/// Asks for a passphrase, without echo.
pub fn passphrase(ctx: &Context, what: &str) -> Result<Secret, CliError> {
    if !ctx.report().can_ask() {
        return Err(CliError::usage("a passphrase is needed, and there is no terminal to ask")
            .hint("add --passphrase-file FILE, or set BACKUP_PASSPHRASE"));
    }
    let answer = Password::new().with_prompt(what).interact();
    answer.map(Secret::new).map_err(|error| no_answer(&error))
}

/// Asks until the answer is valid, or empty if that is allowed.
fn ask<T>(what: &str, may_be_empty: bool) -> Result<String, CliError>
where
    T: FromStr,
    T::Err: fmt::Display,
{
    Input::<String>::new()
        .with_prompt(what)
        .allow_empty(may_be_empty)
        .validate_with(move |text: &String| match text.trim() {
            "" if may_be_empty => Ok(()),
            text => text.parse::<T>().map(drop).map_err(|error| format!("it {error}")),
        })
        .interact_text()
        .map(|text| text.trim().to_owned())
        .map_err(|error| no_answer(&error))
}

fn no_answer(error: &dialoguer::Error) -> CliError {
    CliError::refused(format!("cannot read an answer: {error}"))
        .hint("give the answers as options; --help lists them")
}
