//! `pocketid doctor`: one file per check.

mod address;
mod administrators;
mod clients;
mod clock;
mod database;
mod disk;
mod emails;
mod encryption_key;
mod files;
mod finding;
mod outside;
mod proxy;
mod secrets;
mod server;
mod settings;
mod surroundings;

use clap::builder::styling::{AnsiColor, Style};
use serde::Serialize;

use super::{context::Context, error::CliError, page::Page, printable, report::Outcome};
use crate::store::StoreError;
use finding::{Finding, Status};
use surroundings::Surroundings;

const EXAMPLES: &str = "\
Examples:
  pocketid doctor
  pocketid doctor --offline
  pocketid doctor -o json | jq -r '.findings[] | select(.status != \"ok\") | .finding'

It exits with 1 when there is a problem, and with 0 when there are warnings only.";

/// The hint after problems.
const MENDS: &str = "fix the problems as shown above, and run it again";

/// Look for what usually goes wrong, and say how to mend it
///
/// It looks at the settings, the address, the proxy, the clock, the files, the database, the keys, the
/// administrators, emails and the clients. It changes nothing, and works when the server does not start. It asks
/// what answers at APP_URL, unless it is told not to.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Doctor {
    /// Ask nothing of APP_URL
    #[arg(long)]
    offline: bool,
}

/// A check with its name. It returns no findings if it does not apply.
struct Check {
    name: &'static str,
    run: fn(&Surroundings) -> Result<Vec<Finding>, StoreError>,
}

/// The checks in the order of the output.
const CHECKS: &[Check] = &[
    Check { name: "settings", run: settings::check },
    Check { name: "address", run: address::check },
    Check { name: "proxy", run: proxy::check },
    Check { name: "database", run: database::check },
    Check { name: "files", run: files::check },
    Check { name: "disk", run: disk::check },
    Check { name: "encryption key", run: encryption_key::check },
    Check { name: "server", run: server::check },
    Check { name: "reachable", run: outside::check },
    Check { name: "clock", run: clock::check },
    Check { name: "administrators", run: administrators::check },
    Check { name: "emails", run: emails::check },
    Check { name: "clients", run: clients::check },
    Check { name: "secrets", run: secrets::check },
];

/// The findings of all checks.
#[derive(Debug, Serialize)]
pub struct Found {
    /// The highest severity.
    status: Status,
    findings: Vec<Named>,
}

#[derive(Debug, Serialize)]
struct Named {
    check: &'static str,
    #[serde(flatten)]
    finding: Finding,
}

impl Doctor {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let around = Surroundings::new(ctx, self.offline);
        let mut findings = Vec::new();
        for check in CHECKS {
            // A failed check becomes a finding, and the next check runs.
            let found = (check.run)(&around).unwrap_or_else(Finding::of_error);
            findings.extend(found.into_iter().map(|finding| Named { check: check.name, finding }));
        }
        let status = findings.iter().map(|named| named.finding.status).max().unwrap_or(Status::Ok);
        let found = Found { status, findings };
        ctx.report().result(&found)?;
        match found.count(Status::Problem) {
            0 => Ok(()),
            1 => Err(CliError::refused("there is a problem").hint(MENDS)),
            count => Err(CliError::refused(format!("there are {count} problems")).hint(MENDS)),
        }
    }
}

impl Found {
    fn count(&self, status: Status) -> usize {
        self.findings.iter().filter(|named| named.finding.status == status).count()
    }
}

impl Outcome for Found {
    /// For a program: status, check, finding and fix. A person gets the fix on its own line, to be
    /// copied.
    fn write_text(&self, page: &mut Page) {
        let width = CHECKS.iter().map(|check| check.name.len()).max().unwrap_or_default();
        for Named { check, finding } in &self.findings {
            let (status, text) = (finding.status, &finding.finding);
            if !page.is_terminal() {
                let mend = finding.mend.as_deref().unwrap_or_default();
                page.line([status.as_str(), check, text, mend].map(printable::value).join("\t"));
                continue;
            }
            let word = format!("{:7}", status.as_str());
            page.styled_line(style(status), &word, &format!("  {check:width$}  {text}"));
            if let Some(mend) = &finding.mend {
                page.line(format!("{:9}{:width$}  -> {mend}", "", ""));
            }
        }
    }
}

fn style(status: Status) -> Style {
    match status {
        Status::Ok => AnsiColor::Green.on_default(),
        Status::Warning => AnsiColor::Yellow.on_default().bold(),
        Status::Problem => AnsiColor::Red.on_default().bold(),
    }
}
