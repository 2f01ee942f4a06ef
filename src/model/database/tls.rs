//! TLS settings of the connection to PostgreSQL, with the meanings of libpq 16.

use std::path::PathBuf;

use super::parameters::Parameters;

/// The value of `sslrootcert` that means the certificates trusted by the system.
const SYSTEM_ROOTS: &str = "system";

/// The protection of a connection (libpq's `sslmode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// No TLS.
    Disable,
    /// TLS if the server offers it.
    Prefer,
    /// TLS, without verifying the certificate.
    Require,
    /// TLS with a trusted certificate, for any host name.
    VerifyCa,
    /// TLS with a trusted certificate for the host name.
    VerifyFull,
}

/// The protection of a connection and the trusted certificates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The mode.
    pub mode: TlsMode,
    /// The file with the trusted certificates; those of the system if not set.
    pub roots: Option<PathBuf>,
}

impl Tls {
    /// Reads and removes the parameters for TLS.
    pub(super) fn take(parameters: &mut Parameters, are_sockets: bool) -> Result<Self, String> {
        let roots = parameters.take("sslrootcert");
        let is_system = roots.as_deref() == Some(SYSTEM_ROOTS);
        let roots = roots.filter(|_| !is_system);
        // As in JDBC, which libpq also accepts.
        let ssl = match parameters.take("ssl").as_deref() {
            None => None,
            Some("true") => Some("require"),
            Some("false") => Some("disable"),
            Some(_) => {
                return Err("has an ssl other than true or false: write sslmode instead".into());
            }
        };
        let given = parameters.take("sslmode");
        let given = given.as_deref().or(ssl);
        // libpq 16: with the system's certificates, the host name must be verified, because every
        // server can get a certificate from one of these authorities.
        if is_system && given.is_some_and(|mode| mode != "verify-full") {
            return Err("has sslrootcert=system, which requires sslmode=verify-full".into());
        }
        let mode = match given {
            None if is_system && !are_sockets => TlsMode::VerifyFull,
            _ if are_sockets => TlsMode::Disable,
            None | Some("prefer" | "allow") => TlsMode::Prefer,
            Some("disable") => TlsMode::Disable,
            // Like libpq: `require` verifies the certificate if trusted certificates are given.
            Some("require") if roots.is_some() => TlsMode::VerifyCa,
            Some("require") => TlsMode::Require,
            Some("verify-ca") => TlsMode::VerifyCa,
            Some("verify-full") => TlsMode::VerifyFull,
            Some(_) => {
                return Err("has an sslmode other than disable, prefer, require, verify-ca, \
                            verify-full"
                    .into());
            }
        };
        Ok(Self { mode, roots: roots.map(PathBuf::from) })
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_address as read;
    use super::*;

    #[test]
    fn the_modes_of_libpq_are_understood() {
        let mode = |query: &str| read(&format!("postgresql://h/d{query}")).map(|it| it.tls().mode);
        assert_eq!(mode(""), Ok(TlsMode::Prefer));
        assert_eq!(mode("?sslmode=disable"), Ok(TlsMode::Disable));
        assert_eq!(mode("?ssl=true"), Ok(TlsMode::Require));
        assert_eq!(mode("?sslmode=verify-ca"), Ok(TlsMode::VerifyCa));
        assert_eq!(mode("?sslmode=require&sslrootcert=/ca.pem"), Ok(TlsMode::VerifyCa));
        assert_eq!(mode("?application_name=x&sslmode=verify-full"), Ok(TlsMode::VerifyFull));
        assert_eq!(mode("?host=/run/postgresql&sslmode=require"), Ok(TlsMode::Disable));
        assert!(mode("?sslmode=maybe").is_err());
        let address = read("postgres://h/d?sslmode=verify-full&sslrootcert=/ca.pem").unwrap();
        assert_eq!(address.tls().roots.as_deref(), Some(std::path::Path::new("/ca.pem")));
    }

    /// libpq 16: the system's authorities issue certificates to every server, so the host name must
    /// be verified.
    #[test]
    fn who_trusts_the_authorities_of_the_system_compares_the_name() {
        let tls = |query: &str| read(&format!("postgres://h/d?{query}")).map(|it| it.tls().clone());
        let verified = Tls { mode: TlsMode::VerifyFull, roots: None };
        assert_eq!(tls("sslrootcert=system"), Ok(verified.clone()));
        assert_eq!(tls("sslmode=verify-full&sslrootcert=system"), Ok(verified));
        for weaker in ["disable", "allow", "prefer", "require", "verify-ca"] {
            assert!(tls(&format!("sslmode={weaker}&sslrootcert=system")).is_err(), "{weaker}");
        }
        assert!(tls("ssl=true&sslrootcert=system").is_err());
        let socket = tls("host=/run/postgresql&sslrootcert=system").unwrap();
        assert_eq!(socket.mode, TlsMode::Disable, "there is no TLS on a socket of this machine");
    }

    #[test]
    fn what_asks_for_protection_never_turns_it_off() {
        let mode = |query: &str| read(&format!("postgres://h/d?{query}")).map(|it| it.tls().mode);
        assert_eq!(mode("ssl=false"), Ok(TlsMode::Disable));
        assert_eq!(mode("gssencmode=prefer"), Ok(TlsMode::Prefer));
        for asked in ["ssl=1", "ssl=require", "ssl=TRUE", "ssl=verify-full", "gssencmode=require"] {
            assert!(mode(asked).is_err(), "{asked}");
        }
    }
}
