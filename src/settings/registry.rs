//! The settings: names, defaults and descriptions. The reader, the help of `serve` and the table in
//! `docs/settings.md` have the same ones.

use crate::model::ConfigKey;

/// Settings that are described together.
#[derive(Debug)]
pub struct SettingLine {
    /// The names of the variables.
    pub names: &'static [&'static str],
    /// The default; empty if there is none.
    pub default: &'static str,
    /// Their meaning, for the help.
    pub meaning: &'static str,
}

const fn line(
    names: &'static [&'static str],
    default: &'static str,
    meaning: &'static str,
) -> SettingLine {
    SettingLine { names, default, meaning }
}

/// The settings of the environment. Each can also be set as `NAME_FILE`.
pub const SETTINGS: &[SettingLine] = &[
    line(&["APP_URL"], "http://localhost:1411", "Public address, such as https://id.example.com"),
    line(
        &["INTERNAL_APP_URL"],
        "APP_URL",
        "Address for requests of applications to the same server, from inside",
    ),
    line(
        &["ENCRYPTION_KEY"],
        "generated on the first start",
        "Key that encrypts the secrets in the database; a generated one is kept beside the database",
    ),
    line(
        &["DB_CONNECTION_STRING"],
        "data/pocketid.db",
        "The SQLite file, or postgres://user:password@host/database",
    ),
    line(
        &["POCKETID_IMPORT"],
        "on",
        "Whether a server without data of its own takes over that of a Pocket ID beside it: on or off",
    ),
    line(
        &["UPLOAD_PATH"],
        "uploads beside the database",
        "Folder with the pictures of Pocket ID, which come over with its data",
    ),
    line(&["HOST", "PORT"], "0.0.0.0, 1411", "Where to listen"),
    line(
        &["TRUST_PROXY"],
        "false",
        "Proxies whose X-Forwarded-For is trusted: true for all, or networks such as 10.0.0.0/8",
    ),
    line(
        &["CLIENT_CERTIFICATE_HEADER"],
        "",
        "Header in which a proxy passes the TLS certificate of a client (mutual TLS); it must remove it \
         from requests that have none",
    ),
    line(
        &["CLIENT_CERTIFICATE_PROXY"],
        "TRUST_PROXY",
        "Proxies that may pass TLS certificates of clients: addresses or networks, as few as possible",
    ),
    line(
        &["MTLS_APP_URL"],
        "APP_URL",
        "Address of the endpoints at which the proxy asks clients for TLS certificates, such as \
         https://mtls.id.example.com",
    ),
    line(&["ALLOW_INSECURE_CALLBACK_URLS"], "true", "Whether callback URLs may use http://"),
    line(
        &["UI_CONFIG_DISABLED"],
        "false",
        "Whether the settings of `pocketid config list` come from the environment, all of them, and \
         not from the database",
    ),
    line(
        &["SETUP_CODE"],
        "unless the database is new",
        "Whether the page /setup asks for the code in the log: always or off",
    ),
    line(
        &["STATIC_API_KEY"],
        "none",
        "An API key with an administrator account of its own, which is deleted when a server starts \
         without the key",
    ),
    line(&["DISABLE_RATE_LIMITING"], "false", "Whether rate limits are off"),
    line(&["AUDIT_LOG_RETENTION_DAYS"], "90", "How many days audit entries are kept"),
    line(
        &["BACKUP_SCHEDULE"],
        "never",
        "When a backup is made: @hourly, @daily, @weekly, @monthly, or five fields as in cron, such \
         as 30 3 * * *; in UTC",
    ),
    line(
        &["BACKUP_TARGET"],
        "",
        "Where backups are stored: a folder, or s3://BUCKET/FOLDER/; a server with a schedule \
         creates a missing folder, but not the one that holds it",
    ),
    line(&["BACKUP_KEEP"], "all", "How many backups are kept"),
    line(
        &["BACKUP_PASSPHRASE"],
        "none",
        "Passphrase that encrypts backups, also for `pocketid backup`",
    ),
    line(
        &["BACKUP_VERIFY"],
        "never",
        "How often the server proves that the newest backup can be restored: never, daily, weekly \
         or monthly",
    ),
    line(
        &[
            "S3_ENDPOINT",
            "S3_REGION",
            "S3_ACCESS_KEY_ID",
            "S3_SECRET_ACCESS_KEY",
            "S3_FORCE_PATH_STYLE",
        ],
        "Amazon's of the region; us-east-1; none; none; false",
        "Access to S3 or a compatible store",
    ),
    line(
        &["S3_CA"],
        "none",
        "Certificates of private authorities that S3 may have its certificate from, in PEM form; \
         S3_CA_FILE is the usual way",
    ),
    line(
        &["TRUSTED_CA"],
        "none",
        "Certificates of private authorities that the servers of mail, LDAP, SCIM, webhooks and \
         applications may have their certificates from, in PEM form; TRUSTED_CA_FILE is the usual way",
    ),
    line(
        &["GEOLITE_DB_PATH"],
        "GeoLite2-City.mmdb beside the database",
        "File in the format of MaxMind DB that tells the country and the city of addresses",
    ),
    line(
        &["MAXMIND_LICENSE_KEY"],
        "none",
        "Licence key of MaxMind, with which the server downloads that file every 14 days",
    ),
    line(
        &["GEOLITE_DB_URL"],
        "MaxMind's",
        "Another address to download the file from; %s stands for the licence key",
    ),
    line(
        &["LOCAL_IPV6_RANGES"],
        "none",
        "Networks of public IPv6 addresses that count as inside, such as 2001:db8:1::/48",
    ),
    line(
        &["AUDIT_SYSLOG"],
        "none",
        "Syslog server that gets the audit log over TLS, such as tls://logs.example.com:6514",
    ),
    line(
        &["METRICS_LISTEN"],
        "none",
        "Address and port of a listener for Prometheus alone, such as 127.0.0.1:9464",
    ),
    line(
        &["METRICS_TOKEN"],
        "none",
        "Bearer token with which Prometheus may read /metrics of the server itself",
    ),
    line(
        &[
            "OTEL_METRICS_EXPORTER",
            "OTEL_EXPORTER_PROMETHEUS_HOST",
            "OTEL_EXPORTER_PROMETHEUS_PORT",
        ],
        "none; localhost; 9464",
        "The same listener by the names that Pocket ID has: prometheus or none",
    ),
    line(
        &["OTEL_TRACES_EXPORTER"],
        "none",
        "otlp sends traces of requests to an OpenTelemetry collector",
    ),
    line(
        &["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"],
        "http://localhost:4318",
        "The collector: with its path, or without /v1/traces",
    ),
    line(
        &["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
        "none",
        "Headers for the collector, such as authorization=Bearer%20TOKEN",
    ),
    line(
        &["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"],
        "http/protobuf",
        "How the collector is spoken to: http/protobuf",
    ),
    line(
        &["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT"],
        "10000",
        "How long the collector may take, in milliseconds",
    ),
    line(
        &["OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"],
        "parentbased_always_on; 1",
        "Which traces are sent; the second is a share, such as 0.1",
    ),
    line(
        &["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"],
        "pocketid; none",
        "How this server is called in traces; further attributes, such as deployment.environment=home",
    ),
    line(&["OTEL_SDK_DISABLED"], "false", "Whether traces are off whatever else is set"),
    line(
        &["RELATED_ORIGINS"],
        "none",
        "Other origins whose pages may use the passkeys, separated by commas, such as \
         https://id.example.org",
    ),
    line(
        &["SECURITY_CONTACT"],
        "none",
        "Where security problems are reported, for security.txt: a mailto:, https: or tel: address",
    ),
    line(&["LOG_LEVEL"], "info", "debug, info, warn or error"),
    line(&["LOG_JSON"], "false on a terminal", "Whether logs are JSON, one object a line"),
    line(
        &["APP_ENV"],
        "production",
        "production, development, or test, which switches the rate limits off and lets documents of \
         clients be on this machine",
    ),
];

/// Variables that stand for options of the command line, whose help has them.
pub const OF_OPTIONS: &[&str] = &[
    "POCKETID_COLOR",
    "POCKETID_ISSUER",
    "POCKETID_LISTEN",
    "POCKETID_OUTPUT",
    "POCKETID_QUIET",
    "POCKETID_UTC",
];

/// The names of all supported variables, including those of the application configuration.
pub(super) fn known() -> impl Iterator<Item = &'static str> {
    let settings = SETTINGS.iter().flat_map(|line| line.names);
    let config = ConfigKey::ALL.iter().map(|key| key.env());
    settings.chain(OF_OPTIONS).copied().chain(config)
}
