//! The clap model: the commands and the global options.

use std::ffi::OsString;

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{
        FalseyValueParser, Styles,
        styling::{AnsiColor, Effects},
    },
};

use super::{
    api, api_key, apply, audit, backup, client, config, doctor, generate, grant, group,
    healthcheck, import, keys, legacy, passkey, recover, serve, session, setup, signup_token, user,
    version,
};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Examples:
  pocketid serve                        Answer at APP_URL
  pocketid setup                        Make the first administrator
  pocketid user add alice --login-link  Invite somebody
  pocketid client create Linkding       Register an application
  pocketid recover alice                Let somebody in who lost their passkey

Settings come from the environment and from the file .env of the working directory; see
`pocketid serve --help`.";

/// The exit codes, for the program's help and every man page.
pub const EXIT_CODES: &str = "  0   done
  1   refused, or not found
  2   wrong usage
  3   wrong settings
  4   the database cannot be used
  70  a fault of this program; please report it";

/// A passkey-only OpenID Connect provider
///
/// People sign in to your applications with passkeys. `pocketid serve` is the server; every other
/// command works on its database directly, whether the server runs or not.
#[derive(Debug, Parser)]
#[command(
    name = "pocketid",
    version,
    after_long_help = format!("{EXAMPLES}\n\nExit codes:\n{EXIT_CODES}"),
    arg_required_else_help = true,
    max_term_width = 100,
    styles = STYLES,
    subcommand_required = true
)]
pub struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Globals {
    /// Print results as text for people, as JSON, or (client create and show) as NAME=value lines
    #[arg(
        long,
        short,
        global = true,
        env = "POCKETID_OUTPUT",
        hide_env_values = true,
        default_value = "text",
        value_name = "FORM",
        help_heading = "Global options"
    )]
    pub output: Output,
    /// Print results and errors only, no notes and no warnings
    #[arg(
        long,
        short,
        global = true,
        env = "POCKETID_QUIET",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Global options"
    )]
    pub quiet: bool,
    /// Use colours; auto means on a terminal, unless NO_COLOR is set
    #[arg(
        long,
        global = true,
        env = "POCKETID_COLOR",
        hide_env_values = true,
        default_value = "auto",
        value_name = "WHEN",
        help_heading = "Global options"
    )]
    pub color: ColorWhen,
}

/// The output format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    Text,
    Json,
    Env,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    Auto,
    Always,
    Never,
}

impl ColorWhen {
    /// Reads `--color` without clap, to colour the errors of arguments that clap cannot parse.
    pub fn peek(args: &[OsString]) -> Self {
        let texts = || args.iter().filter_map(|arg| arg.to_str());
        let joined = texts().find_map(|arg| arg.strip_prefix("--color=")).map(str::to_owned);
        let apart = || texts().skip_while(|arg| *arg != "--color").nth(1).map(str::to_owned);
        let told = joined.or_else(apart).or_else(|| std::env::var("POCKETID_COLOR").ok());
        told.and_then(|when| Self::from_str(&when, false).ok()).unwrap_or(Self::Auto)
    }

    /// The same choice as clap's type.
    pub fn for_clap(self) -> clap::ColorChoice {
        match self {
            Self::Auto => clap::ColorChoice::Auto,
            Self::Always => clap::ColorChoice::Always,
            Self::Never => clap::ColorChoice::Never,
        }
    }

    /// Whether to colour output; `is_terminal` says whether it goes to a terminal.
    pub fn applies(self, is_terminal: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            // https://no-color.org: when present and not empty.
            Self::Auto => is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(serve::Serve),
    Setup(setup::Setup),
    Recover(recover::Recover),
    #[command(subcommand)]
    User(user::Command),
    #[command(subcommand)]
    SignupToken(signup_token::Command),
    #[command(subcommand)]
    Group(group::Command),
    #[command(subcommand)]
    Client(client::Command),
    #[command(subcommand)]
    Api(api::Command),
    #[command(subcommand)]
    ApiKey(api_key::Command),
    #[command(subcommand)]
    Passkey(passkey::Command),
    #[command(subcommand)]
    Session(session::Command),
    #[command(subcommand)]
    Grant(grant::Command),
    #[command(subcommand)]
    Keys(keys::Command),
    RotateKeys(keys::rotate::RotateKeys),
    RotateEncryptionKey(keys::rotate_encryption_key::RotateEncryptionKey),
    #[command(subcommand)]
    Config(config::Command),
    Apply(apply::Apply),
    Diff(apply::Diff),
    ExportConfig(apply::ExportConfig),
    #[command(subcommand)]
    Audit(audit::Command),
    Backup(backup::Backup),
    Restore(backup::restore::Restore),
    Import(import::Import),
    Doctor(doctor::Doctor),
    Healthcheck(healthcheck::Healthcheck),
    Version(version::Version),
    Completions(generate::Completions),
    Man(generate::Man),
    #[command(hide = true)]
    OneTimeAccessToken(legacy::OneTimeAccessToken),
    #[command(hide = true)]
    Export(legacy::Export),
    #[command(hide = true)]
    KeyRotate(legacy::KeyRotate),
    #[command(hide = true)]
    EncryptionKeyRotate(legacy::EncryptionKeyRotate),
}
