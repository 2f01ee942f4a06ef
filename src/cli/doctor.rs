//! `pocketid doctor`

use std::net::SocketAddr;

use clap::builder::styling::{AnsiColor, Style};

use super::{
    context::Context, error::CliError, ldap::directory::whole_config, page::Page, printable,
    report::Outcome,
};
use crate::{
    directory::DirectorySync,
    doctor::{
        Findings, NamedFinding, NoData, Seen, SeenHost, Status, Surroundings, Unseen, examine,
        longest_name, look_at_hosts, look_from_outside,
    },
    model::{ConfigKey, ProtectedHost},
    outbound::{Outbound, ProbeError, address_of, probe},
    settings::{Settings, Source},
    store::{Store, protected_hosts},
};

const EXAMPLES: &str = "\
Examples:
  pocketid doctor
  pocketid doctor --offline
  pocketid doctor -o json | jq -r '.findings[] | select(.status != \"ok\") | .finding'

It exits with 1 when there is a problem, and with 0 when there are warnings only.";

/// A terminal with fewer columns shows the names of the checks on lines of their own.
const NARROW: usize = 60;

/// The hint after problems.
const MENDS: &str = "fix the problems as shown above, and run it again";

/// Look for what usually goes wrong, and say how to mend it
///
/// It looks at the settings, the address, the proxy, the clock, the files, the database, the keys, the
/// administrators, emails and the clients. It changes nothing, and works when the server does not start. It asks
/// what answers at APP_URL and at protected hosts, unless it is told not to.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Doctor {
    /// Ask nothing of APP_URL and of protected hosts
    #[arg(long)]
    offline: bool,
}

impl Doctor {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let (source, unreadable) = match Source::from_environment() {
            Ok(source) => (source, None),
            // An unreadable `.env` must not hide other findings.
            Err(faults) => (Source::from_process(), Some(faults)),
        };
        let (settings, faults) = Settings::examine(&source);
        let faults = unreadable.unwrap_or_default().and(faults);
        let data = NoData::open(&settings.database);
        let listen = listen(&settings);
        let hosts = data.as_ref().ok().map(|store| store.read_blocking(protected_hosts::list));
        // A database that cannot be read is a finding of its own.
        let hosts = hosts.and_then(Result::ok).unwrap_or_default();
        let asked = Asked::ask(&settings, listen, (!self.offline).then_some(&hosts));
        let found = examine(&Surroundings {
            settings: &settings,
            faults: &faults,
            data: data.as_ref(),
            is_serving: false,
            listen,
            now: ctx.now(),
            seen: asked.seen,
            protected: asked.protected,
            directory: ask_directory(ctx, data.as_ref().ok(), self.offline),
            probed: asked.probed,
        });
        ctx.report().result(&found)?;
        match found.count(Status::Problem) {
            0 => Ok(()),
            _ if ctx.report().is_for_a_person() => Err(CliError::told()),
            1 => Err(CliError::refused("there is a problem").hint(MENDS)),
            count => Err(CliError::refused(format!("there are {count} problems")).hint(MENDS)),
        }
    }
}

/// The address at which a server with these settings listens.
fn listen(settings: &Settings) -> SocketAddr {
    let told = settings.variables.listen.as_ref().and_then(|listen| listen.parse().ok());
    told.unwrap_or(settings.listen)
}

/// Asks the LDAP directory, if there is one to ask. Settings that cannot be read are findings of their own.
fn ask_directory(
    ctx: &Context,
    store: Option<&Store>,
    is_offline: bool,
) -> Option<Result<(), String>> {
    let config = whole_config(ctx, store.filter(|_| !is_offline)?).ok()?;
    if !config.flag(ConfigKey::LdapEnabled) {
        return None;
    }
    let directory = match DirectorySync::new(&config, &ctx.settings().ok()?.trusted_authorities) {
        Ok(directory) => directory,
        Err(missing) => return Some(Err(missing.to_string())),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    Some(runtime.block_on(directory.probe()).map_err(|fault| fault.to_string()))
}

/// The answers of the server on this machine, at APP_URL and at protected hosts.
struct Asked {
    probed: Option<Result<(), ProbeError>>,
    seen: Option<Result<Seen, Unseen>>,
    protected: Vec<SeenHost>,
}

impl Asked {
    /// Asks the server on this machine. With protected hosts, it also asks them and APP_URL.
    fn ask(settings: &Settings, listen: SocketAddr, hosts: Option<&Vec<ProtectedHost>>) -> Self {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                let unseen = || Err(Unseen::Unreachable(error.to_string()));
                return Self { probed: None, seen: hosts.map(|_| unseen()), protected: vec![] };
            }
        };
        runtime.block_on(async {
            let probed = Some(probe(&address_of(listen)).await);
            let Some(hosts) = hosts else {
                return Self { probed, seen: None, protected: vec![] };
            };
            let outbound = Outbound::default();
            let seen = {
                let header = settings.client_certificate.header.as_deref();
                look_from_outside(&outbound, &settings.app_url, header).await
            };
            let protected = look_at_hosts(&outbound, &settings.app_url, hosts).await;
            Self { probed, seen: Some(seen), protected }
        })
    }
}

impl Outcome for Findings {
    /// For a program: status, check, finding and fix. A person gets the fix on its own line, to be
    /// copied.
    fn write_text(&self, page: &mut Page) {
        let width = longest_name();
        let is_narrow = page.terminal().is_some_and(|terminal| terminal.width < NARROW);
        for NamedFinding { check, finding } in &self.findings {
            let (status, text) = (finding.status, &finding.finding);
            if !page.is_terminal() {
                let mend = finding.mend.as_deref().unwrap_or_default();
                page.line([status.as_str(), check, text, mend].map(printable::value).join("\t"));
                continue;
            }
            let (sign, arrow) = signs(page, status);
            let beside = sign.chars().count() + 2;
            let margin = if is_narrow { beside } else { beside + width + 2 };
            let text = page.hanging(text, margin);
            let head = if is_narrow {
                format!("  {check}\n{:margin$}{text}", "")
            } else {
                format!("  {check:width$}  {text}")
            };
            page.styled_line(style(status), sign, &head);
            if let Some(mend) = &finding.mend {
                let mend = page.hanging(&format!("{arrow} {mend}"), margin);
                page.line(format!("{:margin$}{mend}", ""));
            }
        }
        page.remark(format!("\n{}", sum(self)));
    }

    fn afterword(&self) -> Option<String> {
        (self.status == Status::Problem)
            .then(|| "Fix the problems as shown above, and run it again.".to_owned())
    }
}

/// The sign of a severity, and the one before a fix.
fn signs(page: &Page, status: Status) -> (&'static str, &'static str) {
    let has_symbols = page.terminal().is_some_and(|terminal| terminal.has_symbols);
    match status {
        Status::Ok if has_symbols => ("✓", "→"),
        Status::Warning if has_symbols => ("!", "→"),
        Status::Problem if has_symbols => ("✗", "→"),
        Status::Ok => ("ok     ", "->"),
        Status::Warning => ("warning", "->"),
        Status::Problem => ("problem", "->"),
    }
}

/// How many checks found what.
fn sum(found: &Findings) -> String {
    let [fine, warnings, problems] =
        [Status::Ok, Status::Warning, Status::Problem].map(|status| found.count_checks(status));
    format!(
        "{}: {fine} fine, {}, {}",
        counted(fine + warnings + problems, "check"),
        counted(warnings, "warning"),
        counted(problems, "problem")
    )
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

fn style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warning => AnsiColor::Yellow.on_default().bold(),
        Status::Problem => AnsiColor::Red.on_default().bold(),
    }
}
