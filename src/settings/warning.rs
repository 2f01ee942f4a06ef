//! Warnings about variables that have no effect, or probably not the intended one. `serve` logs
//! them and `doctor` shows them.

use super::{
    Doubt, Source, app_config, client_certificate, database, names, names::Suspect, traces,
};
use crate::model::{Database, database::TlsMode};

/// A setting that is valid but probably a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The warning. Never contains the value of a variable.
    pub message: String,
    /// How to fix it.
    pub hint: String,
}

impl Warning {
    fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into() }
    }
}

/// Collects all warnings.
pub(super) fn all(source: &Source, database: &Database) -> Vec<Warning> {
    let suspects = Suspect::all(source).into_iter().map(of_suspect);
    let ignored = names::NOT_SUPPORTED.iter().filter(|name| source.has(name));
    let ignored = ignored.map(|name| {
        Warning::new(
            format!("{name} is set, but this version ignores it"),
            format!("remove {name}, unless another program reads it"),
        )
    });
    let not_in_charge = app_config::not_in_charge(source).into_iter().map(|name| {
        Warning::new(
            format!("{name} is set and has no effect: the value in the database is used"),
            "set UI_CONFIG_DISABLED to true; or use pocketid config set, and remove the variable",
        )
    });
    let of_doubt = database::doubt(source, database).as_ref().map(of_doubt);
    let of_address = of_address(database).into_iter().chain(of_roots(database));
    let of_traces = traces::of_open_headers(source).then(|| {
        Warning::new(
            "OTEL_EXPORTER_OTLP_HEADERS are sent unencrypted to another machine",
            "use an https:// address for the collector",
        )
    });
    let of_certificates = client_certificate::without_effect(source).into_iter();
    suspects
        .chain(of_certificates.map(|(message, hint)| Warning::new(message, hint)))
        .chain(ignored)
        .chain(not_in_charge)
        .chain(of_address)
        .chain(of_doubt)
        .chain(of_traces)
        .collect()
}

fn of_suspect(suspect: Suspect) -> Warning {
    match suspect {
        Suspect::Former(name, now) => Warning::new(
            format!("{name} belongs to an old version of Pocket ID and has no effect"),
            format!("set {now} instead"),
        ),
        Suspect::Misspelt(name, meant) => Warning::new(
            format!("{name} is set, which has no effect: did you mean {meant}?"),
            format!("rename {name} to {meant}, unless another program reads it"),
        ),
        Suspect::Twice(name) => Warning::new(
            format!("{name} and {name}_FILE are both set: the file is used"),
            format!("remove one of {name} and {name}_FILE"),
        ),
    }
}

fn of_doubt(doubt: &Doubt) -> Warning {
    let hint = match doubt {
        Doubt::Unlikely => {
            "set DB_CONNECTION_STRING to the path of a file as it is on the disk, or to an address such as \
             postgres://user:password@host/database"
        }
        Doubt::Empty | Doubt::Named(_) => {
            "set DB_CONNECTION_STRING to the intended database, even if that is data/pocketid.db"
        }
    };
    Warning::new(doubt.to_string(), hint)
}

/// Warns of address parameters that only other programs use.
fn of_address(database: &Database) -> Option<Warning> {
    let Database::Postgres(address) = database else { return None };
    let names = address.passed_over();
    (!names.is_empty()).then(|| {
        Warning::new(
            format!("DB_CONNECTION_STRING has parameters without effect: {}", names.join(", ")),
            "remove them, unless another program reads the same address",
        )
    })
}

/// Warns of certificates to trust that the TLS mode never uses.
fn of_roots(database: &Database) -> Option<Warning> {
    let Database::Postgres(address) = database else { return None };
    let tls = address.tls();
    (tls.roots.is_some() && tls.mode == TlsMode::Prefer).then(|| {
        Warning::new(
            "DB_CONNECTION_STRING has an sslrootcert, but its sslmode does not verify certificates",
            "add sslmode=verify-full",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    #[test]
    fn variables_without_effect_are_known() {
        let warnings = |name: &str, value: &str| {
            let settings = Settings::read(&Source::from_pairs(&[(name, value)])).unwrap();
            let messages = settings.warnings.into_iter().map(|warning| warning.message);
            messages.collect::<Vec<_>>().join("; ")
        };
        assert_eq!(
            warnings("UNIX_SOCKET", "/run/x"),
            "UNIX_SOCKET is set, but this version ignores it"
        );
        assert_eq!(
            warnings("DB_CONNECTION_STRING", "postgres://h/d?pool_max_conns=4"),
            "DB_CONNECTION_STRING has parameters without effect: pool_max_conns"
        );
        let unused = warnings("DB_CONNECTION_STRING", "postgres://h/d?sslrootcert=/ca.pem");
        assert!(unused.contains("does not verify certificates"), "{unused}");
        assert!(warnings("APP_ULR", "x").contains("did you mean APP_URL?"));
        assert!(warnings("APP_NAME", "x").contains("has no effect"));
        assert_eq!(warnings("PORT", "80"), "");
    }
}
