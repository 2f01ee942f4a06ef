//! Settings from environment variables, with the names of Pocket ID 2.14.
//!
//! All settings are checked before the program does anything, and all faults are reported at once.

mod address;
mod app_config;
mod app_url;
mod authorities;
mod backup;
mod bounded_file;
mod client_certificate;
mod database;
mod env_file;
mod fault;
mod location;
mod names;
mod registry;
mod setup_code;
mod source;
mod static_api_key;
mod traces;
mod trust_proxy;
mod variables;
mod warning;
mod watched;
mod well_known;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    str::FromStr,
};

use address::{parse_host, parse_port};
pub use app_url::AppUrl;
pub use backup::{BackupSettings, MIN_PASSPHRASE, S3Settings, VerifyEvery};
pub use client_certificate::ClientCertificateSettings;
pub use database::Doubt;
pub use fault::{Faults, SettingFault};
pub use location::LocationSettings;
use names::Suspect;
pub use registry::{OF_OPTIONS, SETTINGS, SettingLine};
pub use setup_code::AskForSetupCode;
pub use source::Source;
pub use static_api_key::MAX_API_KEY;
pub use traces::{Sampling, TracesSettings};
pub use trust_proxy::TrustProxy;
use url::Url;
use variables::PLACEHOLDER_KEY;
pub use variables::Variables;
pub use warning::Warning;
pub use watched::MetricsSettings;
pub use well_known::WellKnownSettings;

use crate::{
    crypto::{Secret, tls::Authorities},
    model::{AppConfig, Database, placeholder},
};

/// Default port, as in Pocket ID.
const DEFAULT_PORT: u16 = 1411;
/// Default retention of audit entries in days, as in Pocket ID.
const DEFAULT_RETENTION_DAYS: u32 = 90;
/// The shortest encryption key, in bytes.
pub const MIN_ENCRYPTION_KEY: usize = 16;
/// Hint on how to generate an encryption key.
pub const HOW_TO_MAKE_A_KEY: &str = "make one with: openssl rand -base64 32";

/// How much is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// Everything.
    Debug,
    /// Errors only.
    Error,
    /// Normal operation, and all below.
    Info,
    /// Warnings and errors.
    Warn,
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "debug" => Ok(Self::Debug),
            "error" => Ok(Self::Error),
            "info" => Ok(Self::Info),
            "warn" => Ok(Self::Warn),
            _ => Err("is not one of debug, info, warn, error".into()),
        }
    }
}

/// The settings, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The public address: issuer, origin of passkeys, base of every link.
    pub app_url: AppUrl,
    /// Whether the public address was set; otherwise it is the default.
    pub has_app_url: bool,
    /// The address of the endpoints that applications call directly.
    pub internal_app_url: AppUrl,
    /// The key that seals secrets, if one was given.
    pub encryption_key: Option<Secret>,
    /// The file that contains it, if set that way.
    pub encryption_key_file: Option<PathBuf>,
    /// The database.
    pub database: Database,
    /// Why the default database may not be the intended one.
    pub database_doubt: Option<Doubt>,
    /// The folder in which Pocket ID keeps its files, if it was set.
    pub upload_path: Option<PathBuf>,
    /// Whether a server without data of its own takes over that of a Pocket ID.
    pub takes_over: bool,
    /// The address and port of the server.
    pub listen: SocketAddr,
    /// The peers whose `X-Forwarded-For` is trusted.
    pub trust_proxy: TrustProxy,
    /// TLS certificates of clients.
    pub client_certificate: ClientCertificateSettings,
    /// Whether clients may have `http` callback URLs on hosts other than this machine.
    pub allow_insecure_callback_urls: bool,
    /// The application configuration, if it comes from the environment (`UI_CONFIG_DISABLED`).
    pub app_config: Option<AppConfig>,
    /// Whether requests are limited per address.
    pub rate_limiting: bool,
    /// Whether it is a test (`APP_ENV=test`): client metadata documents may be on this machine.
    pub is_test: bool,
    /// How long audit entries are kept, in days.
    pub audit_log_retention_days: u32,
    /// Whether the page `/setup` asks for a code.
    pub ask_for_setup_code: AskForSetupCode,
    /// An API key that acts as an administrator of its own.
    pub static_api_key: Option<Secret>,
    /// Private authorities that may issue the certificates of other servers.
    pub trusted_authorities: Authorities,
    /// Where addresses are.
    pub location: LocationSettings,
    /// Backups: schedule, target and encryption.
    pub backup: BackupSettings,
    /// Who may read the metrics.
    pub metrics: MetricsSettings,
    /// Where spans are sent, if they are.
    pub traces: Option<TracesSettings>,
    /// The syslog server that gets the audit log.
    pub syslog: Option<Url>,
    /// The content of documents under `/.well-known/`.
    pub well_known: WellKnownSettings,
    /// How much is logged.
    pub log_level: LogLevel,
    /// Whether logs are JSON; if not set, only when the output is not a terminal.
    pub log_json: Option<bool>,
    /// Warnings about variables that have no effect, or probably not the intended one.
    pub warnings: Vec<Warning>,
    /// Variables of the application configuration that are set although the database is in charge.
    pub not_in_charge: Vec<&'static str>,
    /// Facts about the variables themselves.
    pub variables: Variables,
}

impl Settings {
    /// Reads the environment of the process and the file `.env` of the working directory.
    pub fn from_environment() -> Result<Self, Faults> {
        Self::read(&Source::from_environment()?)
    }

    /// Reads the settings; fails with all faults.
    pub fn read(source: &Source) -> Result<Self, Faults> {
        let (settings, faults) = Self::examine(source);
        faults.or(settings)
    }

    /// The addresses of this server: for browsers, for applications that call it directly, and for certificates of
    /// clients.
    pub fn own_addresses(&self) -> impl Iterator<Item = &str> {
        let mtls = self.client_certificate.mtls_address(&self.app_url);
        [self.app_url.as_str(), self.internal_app_url.as_str()].into_iter().chain(mtls)
    }

    /// Reads the settings and returns all faults. A wrong setting has its default value.
    pub fn examine(source: &Source) -> (Self, Faults) {
        let mut faults = Faults::default();
        faults.extend(names::unreadable(source));
        let app_url: AppUrl = faults.collect(source.parse("APP_URL")).unwrap_or_default();
        let internal_app_url = faults.collect(source.parse("INTERNAL_APP_URL"));
        let app_env: Option<AppEnv> = faults.collect(source.parse("APP_ENV"));
        let disabled_limits = faults.collect(source.parse_bool("DISABLE_RATE_LIMITING"));
        let host: Option<IpAddr> = faults.collect(source.parse_with("HOST", parse_host));
        let port: Option<u16> = faults.collect(source.parse_with("PORT", parse_port));
        let database = database::read(source, &mut faults);
        let location = location::read(source, data_folder(&database), &mut faults);
        let settings = Self {
            warnings: warning::all(source, &database),
            database_doubt: database::doubt(source, &database),
            internal_app_url: internal_app_url.unwrap_or_else(|| app_url.clone()),
            app_url,
            has_app_url: source.has("APP_URL") || source.has("APP_URL_FILE"),
            encryption_key: faults.collect(encryption_key(source)),
            encryption_key_file: source.value("ENCRYPTION_KEY_FILE").map(PathBuf::from),
            database,
            upload_path: source.value("UPLOAD_PATH").map(PathBuf::from),
            takes_over: faults
                .collect(source.parse_with("POCKETID_IMPORT", parse_switch))
                .unwrap_or(true),
            listen: SocketAddr::new(
                host.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
                port.unwrap_or(DEFAULT_PORT),
            ),
            trust_proxy: faults.collect(source.parse("TRUST_PROXY")).unwrap_or_default(),
            client_certificate: client_certificate::read(source, &mut faults),
            allow_insecure_callback_urls: faults
                .collect(source.parse_bool("ALLOW_INSECURE_CALLBACK_URLS"))
                .unwrap_or(true),
            app_config: app_config::read(source, &mut faults),
            rate_limiting: disabled_limits != Some(true) && app_env != Some(AppEnv::Test),
            is_test: app_env == Some(AppEnv::Test),
            audit_log_retention_days: faults
                .collect(source.parse_with("AUDIT_LOG_RETENTION_DAYS", parse_days))
                .unwrap_or(DEFAULT_RETENTION_DAYS),
            ask_for_setup_code: faults.collect(source.parse("SETUP_CODE")).unwrap_or_default(),
            static_api_key: static_api_key::read(source, &mut faults),
            trusted_authorities: faults
                .collect(authorities::read(source, "TRUSTED_CA", "TRUSTED_CA_FILE"))
                .unwrap_or_default(),
            location,
            backup: backup::read(source, &mut faults),
            metrics: watched::read(source, &mut faults),
            traces: traces::read(source, &mut faults),
            syslog: faults.collect(watched::syslog(source)),
            well_known: well_known::read(source, &mut faults),
            log_level: faults.collect(source.parse("LOG_LEVEL")).unwrap_or(LogLevel::Info),
            log_json: faults.collect(source.parse_bool("LOG_JSON")),
            not_in_charge: app_config::not_in_charge(source),
            variables: Variables::of(source),
        };
        (settings, faults)
    }

    /// The folder for other files: that of the SQLite file, else `data`.
    pub fn data_folder(&self) -> &Path {
        data_folder(&self.database)
    }
}

fn data_folder(database: &Database) -> &Path {
    let Database::Sqlite(path) = database else { return Path::new("data") };
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AppEnv {
    Development,
    Production,
    Test,
}

impl FromStr for AppEnv {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "development" => Ok(Self::Development),
            "production" => Ok(Self::Production),
            "test" => Ok(Self::Test),
            _ => Err("is not one of production, development, test".into()),
        }
    }
}

/// Reads the key. A file counts byte for byte, as in Pocket ID: a trailing newline is part of the
/// key.
fn encryption_key(source: &Source) -> Result<Option<Secret>, SettingFault> {
    let fault = |fault: String| Err(SettingFault::new("ENCRYPTION_KEY", fault, HOW_TO_MAKE_A_KEY));
    let key = match source.file("ENCRYPTION_KEY")? {
        Some(key) => Some(key),
        None => match source.value("ENCRYPTION_KEY") {
            // An unreplaced `${VARIABLE}` is public, so it is not a key. In a file it counts as it
            // is.
            Some(key) if placeholder::is_all_of(key) => {
                return fault("is a variable that was not expanded".into());
            }
            key => key.filter(|key| *key != PLACEHOLDER_KEY).map(Into::into),
        },
    };
    match key {
        Some(key) if key.len() < MIN_ENCRYPTION_KEY => {
            fault(format!("is shorter than {MIN_ENCRYPTION_KEY} bytes"))
        }
        key => Ok(key.map(Secret::new)),
    }
}

fn parse_switch(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("is neither on nor off".into()),
    }
}

fn parse_days(text: &str) -> Result<u32, String> {
    let days = text.parse().ok().filter(|days| *days > 0);
    days.ok_or_else(|| "is not a number of days greater than 0".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Faults> {
        Settings::read(&Source::from_pairs(variables))
    }

    #[test]
    fn without_variables_the_defaults_hold() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.app_url.as_str(), "http://localhost:1411");
        assert_eq!(settings.listen.to_string(), "0.0.0.0:1411");
        assert_eq!(settings.data_folder(), Path::new("data"));
        assert!(settings.encryption_key.is_none());
        assert!(settings.rate_limiting);
    }

    #[test]
    fn every_fault_is_told_at_once() {
        let faults = read(&[
            ("APP_URL", "https://id.example.com/path"),
            ("PORT", "http"),
            ("ENCRYPTION_KEY", "short"),
            ("TRUST_PROXY", "maybe"),
        ])
        .unwrap_err();
        let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
        assert_eq!(names, ["APP_URL", "PORT", "ENCRYPTION_KEY", "TRUST_PROXY"]);
    }

    #[test]
    fn a_fault_never_repeats_a_secret() {
        let faults = read(&[("ENCRYPTION_KEY", "short-secret")]).unwrap_err();
        assert!(!format!("{faults:?}").contains("short-secret"));
    }

    #[test]
    fn a_variable_that_was_not_replaced_is_no_secret() {
        for name in ["ENCRYPTION_KEY", "BACKUP_PASSPHRASE"] {
            let faults = read(&[(name, "${POCKETID_SECRET}")]).unwrap_err();
            let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
            assert_eq!(names, [name]);
            assert!(read(&[(name, "a $ECRET of mine and of nobody else")]).is_ok());
        }
    }

    #[test]
    fn the_placeholder_key_counts_as_none() {
        assert!(read(&[("ENCRYPTION_KEY", "CHANGEME")]).unwrap().encryption_key.is_none());
    }

    #[test]
    fn an_address_to_listen_at_may_stand_in_brackets() {
        let listen = |host| read(&[("HOST", host)]).map(|settings| settings.listen.to_string());
        assert_eq!(listen("[::]").as_deref(), Ok("[::]:1411"));
        assert_eq!(listen("::1").as_deref(), Ok("[::1]:1411"));
        assert_eq!(listen("localhost").as_deref(), Ok("127.0.0.1:1411"));
        assert!(listen("[::").is_err());
    }
}
