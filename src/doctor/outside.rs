//! Checks that APP_URL leads to this installation.

use super::{Finding, Surroundings, Unseen};
use crate::store::{StoreError, signing_keys};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(seen) = &around.seen else { return Ok(Vec::new()) };
    let app_url = &around.settings.app_url;
    let seen = match seen {
        Ok(seen) => seen,
        Err(Unseen::Certificate(cause)) => {
            return Ok(vec![Finding::warning(
                format!("this machine {cause}, so {app_url} was not checked"),
                "if your own authority issued the certificate, add it to the trusted certificates \
                 of this system, or name its file in SSL_CERT_FILE; applications and browsers \
                 must trust it, too. Otherwise renew the certificate",
            )]);
        }
        Err(Unseen::Unreachable(cause)) => {
            return Ok(vec![Finding::problem(
                format!("nothing answers at {app_url}: {cause}"),
                "start the server, and check DNS, the proxy and its certificate; if this machine \
                 cannot reach its own address, add --offline",
            )]);
        }
    };
    let now = around.now;
    let own = match around.store() {
        Some(store) => store.read_blocking(move |tx| signing_keys::kids(tx, now))?,
        None => Vec::new(),
    };
    let is_ours = own.is_empty() || own.iter().any(|kid| seen.kids.contains(kid));
    Ok(vec![match seen.issuer.as_deref() {
        None => Finding::problem(
            format!("the server at {app_url} is not pocketid: it answers {}", seen.status),
            "let the proxy forward every path of this host to the server, without its own login \
             or redirects",
        ),
        Some(issuer) if issuer != app_url.as_str() => Finding::problem(
            format!("the server at {app_url} has the issuer {issuer}"),
            "set the same APP_URL for the server and for this command, and restart the server",
        ),
        Some(_) if !is_ours => Finding::problem(
            format!("the server at {app_url} has other signing keys than this database"),
            "set DB_CONNECTION_STRING as for the server; or set APP_URL to this server",
        ),
        Some(issuer) => Finding::ok(format!("{issuer} leads to this installation")),
    }])
}
