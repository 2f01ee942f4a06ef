//! How the connection to PostgreSQL is protected, as libpq 16 reads it.

use std::path::PathBuf;

use super::parameters::Parameters;

/// The value of `sslrootcert` that stands for the authorities that the system trusts.
const SYSTEM_ROOTS: &str = "system";

/// How a connection is protected (the meaning of libpq's `sslmode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    Disable,
    /// By TLS when the server offers it.
    Prefer,
    /// By TLS, with whoever answers.
    Require,
    /// By TLS, with who has a certificate that is trusted, whatever its name.
    VerifyCa,
    /// By TLS, with who proves to be the host.
    VerifyFull,
}

/// How a connection is protected, and who is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// How.
    pub mode: TlsMode,
    /// The file of the certificates that are trusted; those of the system when it is not given.
    pub roots: Option<PathBuf>,
}

impl Tls {
    /// Takes what the parameters say of it.
    pub(super) fn take(parameters: &mut Parameters, are_sockets: bool) -> Result<Self, String> {
        let roots = parameters.take("sslrootcert");
        let is_system = roots.as_deref() == Some(SYSTEM_ROOTS);
        let roots = roots.filter(|_| !is_system);
        // As JDBC has it, and libpq takes over.
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
        // libpq 16: whoever trusts the authorities of the system has to compare the name, since anybody gets a
        // certificate from one of them.
        if is_system && given.is_some_and(|mode| mode != "verify-full") {
            return Err(
                "has sslrootcert=system, which goes together with sslmode=verify-full only".into(),
            );
        }
        let mode = match given {
            None if is_system && !are_sockets => TlsMode::VerifyFull,
            _ if are_sockets => TlsMode::Disable,
            None | Some("prefer" | "allow") => TlsMode::Prefer,
            Some("disable") => TlsMode::Disable,
            // libpq, too, verifies as soon as it is told whom to trust.
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

    /// libpq 16: the authorities of the system vouch for everybody, so the name has to be compared.
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
