//! The address of a PostgreSQL database: the parameters of libpq, and those that drivers of other
//! languages add.

use std::fmt;

use super::{
    parameters::{Parameter, Parameters},
    tls::Tls,
};
use crate::crypto::Secret;

/// A setting of the database server for our connections, such as `search_path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSetting {
    /// Its name: letters, digits, underscores and dots.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl ServerSetting {
    /// Whether it says in which schemas unqualified names are looked for.
    pub fn is_search_path(&self) -> bool {
        self.name.eq_ignore_ascii_case("search_path")
    }
}

/// The address of a PostgreSQL database. It may contain a password, so output shows only host and
/// database.
#[derive(Clone)]
pub struct PostgresAddress {
    words: Secret,
    shown: String,
    tls: Tls,
    settings: Vec<ServerSetting>,
    passed_over: Vec<String>,
    is_pooled: bool,
}

/// libpq parameters that we pass on to the client library, with their allowed values.
const OF_THE_LIBRARY: &[(&str, &[&str])] = &[
    ("application_name", &[]),
    ("channel_binding", &["disable", "prefer", "require"]),
    ("connect_timeout", NUMBER),
    ("hostaddr", &[]),
    ("keepalives", NUMBER),
    ("keepalives_idle", NUMBER),
    ("keepalives_interval", NUMBER),
    ("load_balance_hosts", &["disable", "random"]),
    ("sslnegotiation", &["direct", "postgres"]),
    ("tcp_user_timeout", NUMBER),
];
const NUMBER: &[&str] = &["a number"];

/// Parameters that are ignored: libpq features that we never use, and the pool settings of other
/// drivers.
const WITHOUT_EFFECT: &[&str] = &[
    "client_encoding",
    "connection_limit",
    "default_query_exec_mode",
    "description_cache_capacity",
    "fallback_application_name",
    "gssencmode",
    "krbsrvname",
    "min_read_buffer_size",
    "prepareThreshold",
    "prepared_statement_cache_size",
    "prepared_statements",
    "socket_timeout",
    "sslcompression",
    "sslsni",
    "statement_cache_capacity",
    "statement_cache_mode",
    "statement_cache_size",
];

/// Parameters that the user relies on, but that we do not support.
const NOT_SUPPORTED: &[&str] = &[
    "keepalives_count",
    "passfile",
    "require_auth",
    "requirepeer",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
    "sslcert",
    "sslcertmode",
    "sslcrl",
    "sslcrldir",
    "sslkey",
    "sslkeylogfile",
    "sslpassword",
];

impl PostgresAddress {
    /// The address for the client library, in the form `name='value'`.
    pub fn words(&self) -> &Secret {
        &self.words
    }

    /// The protection of the connection.
    pub fn tls(&self) -> &Tls {
        &self.tls
    }

    /// Server settings to apply to each connection.
    pub fn settings(&self) -> &[ServerSetting] {
        &self.settings
    }

    /// The names of ignored parameters, such as the pool settings of other programs.
    pub fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// Whether the address says that a connection pool is used, so each transaction may run on
    /// another connection.
    pub fn is_pooled(&self) -> bool {
        self.is_pooled
    }
}

impl TryFrom<Parameters> for PostgresAddress {
    type Error = String;

    fn try_from(mut parameters: Parameters) -> Result<Self, String> {
        let database = parameters.take("dbname").ok_or("does not name a database")?;
        if database.contains(['=', ';']) || database.contains("://") {
            return Err("has a database name that contains = or ;".into());
        }
        let hosts = Hosts::take(&mut parameters)?;
        let mut words = Words(String::new());
        words.push("dbname", &database);
        words.push("host", &hosts.names.join(","));
        words.push("port", &hosts.ports.join(","));
        if let Some(user) = parameters.take("user") {
            if user.contains([':', '=', ';']) {
                return Err("has a username that contains :, = or ;".into());
            }
            words.push("user", &user);
        }
        if let Some(password) = parameters.take("password") {
            words.push("password", &password);
        }
        if let Some(wanted) = wanted_server(&mut parameters, hosts.names.len())? {
            words.push("target_session_attrs", wanted);
        }
        for (name, values) in OF_THE_LIBRARY {
            if let Some(value) = parameters.take(name) {
                check(name, &value, values)?;
                words.push(name, &value);
            }
        }
        let tls = Tls::take(&mut parameters, hosts.are_sockets())?;
        let is_pooled = parameters.take("pgbouncer").is_some_and(|value| value == "true");
        let mut settings = match parameters.take("options") {
            Some(options) => settings_of_options(&options)?,
            None => Vec::new(),
        };
        let mut passed_over = Vec::new();
        for Parameter { name, value } in parameters.into_rest() {
            if name == "gssencmode" && value == "require" {
                return Err("has gssencmode=require, which this program does not support".into());
            }
            if name.starts_with("pool_") || WITHOUT_EFFECT.contains(&name.as_str()) {
                passed_over.push(name);
            } else {
                settings.push(setting(name, value)?);
            }
        }
        let shown = format!("postgres://{}/{database}", hosts.shown());
        Ok(Self { words: Secret::new(words.0), shown, tls, settings, passed_over, is_pooled })
    }
}

/// Parameters in the form `name='value'`, as libpq and the client library read them.
struct Words(String);

impl Words {
    fn push(&mut self, name: &str, value: &str) {
        let value = value.replace('\\', "\\\\").replace('\'', "\\'");
        self.0 += &format!("{name}='{value}' ");
    }
}

/// The servers, in the order in which they are tried.
struct Hosts {
    names: Vec<String>,
    ports: Vec<String>,
}

impl Hosts {
    fn take(parameters: &mut Parameters) -> Result<Self, String> {
        let hosts = parameters.take("host").unwrap_or_else(|| "localhost".into());
        let names: Vec<String> = hosts.split(',').map(|name| name.trim().to_owned()).collect();
        let is_name = |name: &str| {
            let plain = |c: char| c.is_alphanumeric() || "-._:%".contains(c);
            !name.is_empty() && (name.starts_with('/') || name.chars().all(plain))
        };
        if !names.iter().all(|name| is_name(name) && !name.contains(['=', ';', '@'])) {
            return Err("has a host that is not a host name, an IP address or a folder".into());
        }
        let ports = parameters.take("port").unwrap_or_default();
        let port = |port: &str| match port.trim() {
            "" => Ok("5432".to_owned()),
            port => port.parse::<u16>().map(|port| port.to_string()).map_err(|_| {
                "has a port that is not a number; in a password write : as %3A, / as %2F and @ as \
                 %40"
                .to_owned()
            }),
        };
        let ports: Vec<String> = ports.split(',').map(port).collect::<Result<_, _>>()?;
        if ports.len() == 1 || ports.len() == names.len() {
            Ok(Self { names, ports })
        } else {
            Err("has a different number of ports and hosts".into())
        }
    }

    /// Whether all hosts are Unix sockets of this machine, which do not support TLS.
    fn are_sockets(&self) -> bool {
        self.names.iter().all(|name| name.starts_with('/'))
    }

    fn shown(&self) -> String {
        self.names.join(",")
    }
}

/// Reads which of several servers to use. We write, so the default is a server that accepts writes.
fn wanted_server(
    parameters: &mut Parameters,
    hosts: usize,
) -> Result<Option<&'static str>, String> {
    match parameters.take("target_session_attrs").as_deref() {
        None if hosts > 1 => Ok(Some("read-write")),
        None => Ok(None),
        Some("any") => Ok(Some("any")),
        Some("read-write" | "primary") => Ok(Some("read-write")),
        Some(_) => Err("has a target_session_attrs other than any, read-write, primary: this \
                        program writes"
            .into()),
    }
}

fn check(name: &str, value: &str, values: &[&str]) -> Result<(), String> {
    let is_right = match values {
        [] => !value.contains(char::is_control),
        NUMBER => value.parse::<u32>().is_ok(),
        values => values.contains(&value),
    };
    if is_right {
        Ok(())
    } else {
        Err(format!("has an invalid {name}: it must be {}", values.join(" or ")))
    }
}

/// Reads `-c name=value`, `-cname=value` and `--name=value`, separated by spaces.
fn settings_of_options(options: &str) -> Result<Vec<ServerSetting>, String> {
    let unreadable = "has options other than -c name=value";
    // Some libraries encode a space in a query as a plus.
    let options = options.replace('+', " ");
    let mut words = options.split_whitespace();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        let pair = match (word.strip_prefix("--"), word.strip_prefix("-c")) {
            (Some(pair), _) => Some(pair),
            (None, Some("")) => words.next(),
            (None, pair) => pair,
        };
        let (name, value) = pair.and_then(|pair| pair.split_once('=')).ok_or(unreadable)?;
        settings.push(setting(name.replace('-', "_"), value.to_owned())?);
    }
    Ok(settings)
}

/// Reads a parameter as a server setting. Only the server knows whether it exists.
fn setting(name: String, value: String) -> Result<ServerSetting, String> {
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.".contains(c));
    let folded = name.to_ascii_lowercase();
    if NOT_SUPPORTED.contains(&folded.as_str()) {
        return Err(format!("has the parameter {folded}, which this program does not support"));
    }
    // A misspelt `password` must not reach the server's log.
    if !is_name || ["pas", "pwd", "secret"].iter().any(|part| folded.contains(part)) {
        return Err("has an unknown parameter".into());
    }
    Ok(ServerSetting { name, value })
}

/// Shows the host and the database; never the user or the password.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_address as read;

    #[test]
    fn an_address_does_not_print_its_password() {
        let address = read("postgres://me:hunter2@db.example.com/id").unwrap();
        assert_eq!(format!("{address} {address:?}").matches("hunter2").count(), 0);
        assert_eq!(address.to_string(), "postgres://db.example.com/id");
    }

    #[test]
    fn the_client_library_is_given_what_libpq_would_be() {
        for (text, words) in [
            (
                "postgres://u:p%40%27w@h:1/d",
                "dbname='d' host='h' port='1' user='u' password='p@\\'w' ",
            ),
            (
                "postgres://u:p@w:x@h/d",
                "dbname='d' host='h' port='5432' user='u' password='p@w:x' ",
            ),
            (
                "postgres://u@/d?host=/run/postgresql&port=5433",
                "dbname='d' host='/run/postgresql' port='5433' user='u' ",
            ),
            ("postgres://%2Frun%2Fpg/d", "dbname='d' host='/run/pg' port='5432' "),
            ("postgres://[::1]:5433/d", "dbname='d' host='::1' port='5433' "),
            ("postgres:///d", "dbname='d' host='localhost' port='5432' "),
            (
                "postgres://a:1,b/d?connect_timeout=9",
                "dbname='d' host='a,b' port='1,5432' target_session_attrs='read-write' \
                 connect_timeout='9' ",
            ),
            (
                "host=a,b port=5433 dbname=d target_session_attrs=any",
                "dbname='d' host='a,b' port='5433' target_session_attrs='any' ",
            ),
        ] {
            assert_eq!(read(text).unwrap().words().expose(), words, "{text}");
        }
    }

    #[test]
    fn settings_of_the_server_are_told_from_those_of_pools() {
        let address = read(
            "postgres://h/d?options=-c%20search_path%3Dx%20--lock-timeout=5&TimeZone=UTC\
             &pool_max_conns=9&connection_limit=3",
        )
        .unwrap();
        let settings: Vec<_> =
            address.settings().iter().map(|it| format!("{}={}", it.name, it.value)).collect();
        assert_eq!(settings, ["search_path=x", "lock_timeout=5", "TimeZone=UTC"]);
        assert_eq!(address.passed_over(), ["pool_max_conns", "connection_limit"]);
        for refused in [
            "options=-d%205",
            "sslcert=/x",
            "a%27b=1",
            "connect_timeout=soon",
            "target_session_attrs=standby",
            "port=1,2",
        ] {
            assert!(read(&format!("postgres://h/d?{refused}")).is_err(), "{refused}");
        }
    }
}
