//! The command line: the only module that uses clap or prints.
//!
//! Each folder is a noun, each file a verb. A command is parsed into domain types; `run` returns an
//! [`Outcome`](report::Outcome) or a [`CliError`], and `report.rs` prints either.

mod api;
mod api_key;
mod apply;
mod args;
mod audit;
mod backup;
mod bug;
mod claims;
mod clearable;
mod client;
mod column;
mod config;
mod container;
mod context;
mod decode_picture;
mod doctor;
mod error;
mod event_kind;
mod generate;
mod globals;
mod grant;
mod group;
mod healthcheck;
mod help_groups;
mod hints;
mod import;
mod keys;
mod ldap;
mod legacy;
mod listing;
mod local_time;
mod log_queue;
mod logo;
mod mail;
mod names;
mod one_time_link;
mod page;
mod passkey;
mod printable;
mod prompt;
mod protect;
mod public_keys;
mod qr;
mod recipe_fault;
mod recover;
mod refusal;
mod registration;
mod removal;
mod removed;
mod report;
mod rollback;
mod scim;
mod secret_file;
mod serve;
mod service;
mod session;
mod setup;
mod signup_token;
mod size;
mod ssh;
mod stranger;
mod token_table;
mod ttl;
mod typed;
mod until;
mod usage;
mod user;
mod version;
mod webhook;
mod wrap;

use std::{ffi::OsString, process::ExitCode};

use clap::FromArgMatches as _;

use args::{Cli, Command, command};
use context::Context;
use error::CliError;
use globals::{ColorWhen, Globals, Output};
use report::Report;

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let args = container::arguments(std::env::args_os().collect());
    let code = bug::catch(|| match container::give_up_root(&args) {
        Ok(()) => run(&args),
        Err(error) => {
            let color = ColorWhen::peek(&args);
            Report::new(&Globals::with_color(color)).error(&error);
            error.exit_code()
        }
    });
    log_queue::flush();
    code
}

fn run(args: &[OsString]) -> ExitCode {
    generate::answer_shell(command);
    let color = ColorWhen::peek(args);
    let parsed = command()
        .color(color.for_clap())
        .try_get_matches_from(args)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(message) => return without_command(&message, color),
    };
    let context = Context::new(Report::new(&cli.globals));
    let result = check_output(&cli).and_then(|()| dispatch(cli.command, &context));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            context.report().error(&error);
            error.exit_code()
        }
    }
}

/// Handles arguments without a command: help was requested, or the arguments are invalid.
fn without_command(message: &clap::Error, color: ColorWhen) -> ExitCode {
    match usage::error(message) {
        Some(error) => {
            Report::new(&Globals::with_color(color)).error(&error);
            error.exit_code()
        }
        None => {
            // A reader that closed the pipe before the end of the help is not an error.
            drop(message.print());
            ExitCode::from(u8::try_from(message.exit_code()).unwrap_or(2))
        }
    }
}

/// Refuses an output format that the command does not support, before anything is done.
fn check_output(cli: &Cli) -> Result<(), CliError> {
    let offers_env = matches!(&cli.command, Command::Client(client) if client.offers_env());
    match cli.globals.output {
        Output::Env if !offers_env => {
            Err(CliError::usage("`--output env` is for `client create` and `client show` only")
                .hint("use `--output text` or `--output json`"))
        }
        _ => Ok(()),
    }
}

fn dispatch(command: Command, ctx: &Context) -> Result<(), CliError> {
    match command {
        Command::Api(command) => command.run(ctx),
        Command::ApiKey(command) => command.run(ctx),
        Command::Apply(apply) => apply.run(ctx),
        Command::Audit(command) => command.run(ctx),
        Command::Backup(backup) => backup.run(ctx),
        Command::Client(command) => command.run(ctx),
        Command::Config(command) => command.run(ctx),
        Command::Completions(completions) => completions.run(ctx),
        Command::DecodePicture(decode) => decode.run(ctx),
        Command::Diff(diff) => diff.run(ctx),
        Command::Doctor(doctor) => doctor.run(ctx),
        Command::EncryptionKeyRotate(rotate) => ctx.report().result(&rotate.run(ctx)?),
        Command::ExportConfig(export) => export.run(ctx),
        Command::Export(export) => export.run(ctx),
        Command::Grant(command) => command.run(ctx),
        Command::Group(command) => command.run(ctx),
        Command::Healthcheck(healthcheck) => healthcheck.run(ctx),
        Command::KeyRotate(rotate) => ctx.report().result(&rotate.run(ctx)?),
        Command::Import(import) => ctx.report().result(&import.run(ctx)?),
        Command::Keys(command) => command.run(ctx),
        Command::Mail(command) => command.run(ctx),
        Command::Man(man) => man.run(ctx, &args::command()),
        Command::OneTimeAccessToken(token) => ctx.report().result(&token.run(ctx)?),
        Command::Passkey(command) => command.run(ctx),
        Command::Recover(recover) => ctx.report().result(&recover.run(ctx)?),
        Command::Restore(restore) => ctx.report().result(&restore.run(ctx)?),
        Command::Rollback(rollback) => ctx.report().result(&rollback.run(ctx)?),
        Command::RotateEncryptionKey(rotate) => ctx.report().result(&rotate.run(ctx)?),
        Command::RotateKeys(rotate) => ctx.report().result(&rotate.run(ctx)?),
        Command::Registration(command) => command.run(ctx),
        Command::Scim(command) => command.run(ctx),
        Command::Service(command) => command.run(ctx),
        Command::Serve(serve) => serve.run(ctx),
        Command::Session(command) => command.run(ctx),
        Command::Ldap(command) => command.run(ctx),
        Command::Setup(setup) => ctx.report().result(&setup.run(ctx)?),
        Command::SignupToken(command) => command.run(ctx),
        Command::User(command) => command.run(ctx),
        Command::Protect(command) => command.run(ctx),
        Command::Ssh(command) => command.run(ctx),
        Command::Webhook(command) => command.run(ctx),
        Command::Version(version) => ctx.report().result(&version.run()),
    }
}
