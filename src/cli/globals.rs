//! The options of every command. Knows no command.

use std::ffi::OsString;

use clap::{Args, ValueEnum, builder::FalseyValueParser};

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
    /// Show times in UTC, as programs get them, and not in the time zone of this machine
    #[arg(
        long,
        global = true,
        env = "POCKETID_UTC",
        hide_env_values = true,
        value_parser = FalseyValueParser::new(),
        help_heading = "Global options"
    )]
    pub utc: bool,
}

impl Globals {
    /// The options of a call that has none, or that cannot be read.
    pub fn with_color(color: ColorWhen) -> Self {
        Self { output: Output::Text, quiet: false, color, utc: false }
    }
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
