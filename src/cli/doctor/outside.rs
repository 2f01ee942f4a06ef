//! Checks that APP_URL leads to this installation.

use super::{Finding, Surroundings};
use crate::{
    server::Unseen,
    store::{StoreError, signing_keys},
};

pub fn check(around: &Surroundings) -> Result<Vec<Finding>, StoreError> {
    let Some(seen) = around.seen() else { return Ok(Vec::new()) };
    let app_url = &around.settings.app_url;
    let seen = match seen {
        Ok(seen) => seen,
        Err(Unseen::Certificate(cause)) => {
            return Ok(vec![Finding::warning(
                format!("this machine cannot {cause}, so {app_url} was not looked at"),
                "if an authority of your own issued the certificate, add it to those that this system \
                 trusts, or name its file in SSL_CERT_FILE; applications and browsers must trust it, too. \
                 Otherwise renew the certificate",
            )]);
        }
        Err(Unseen::Unreachable(cause)) => {
            return Ok(vec![Finding::problem(
                format!("nothing answers at {app_url}: cannot {cause}"),
                "start the server, and look at DNS, the proxy and its certificate; when this machine \
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
            format!("what answers at {app_url} is no provider: it says {}", seen.status),
            "let the proxy send every path of this host to the server, with no login of its own and \
             no redirects",
        ),
        Some(issuer) if issuer != app_url.as_str() => Finding::problem(
            format!("the provider at {app_url} calls itself {issuer}"),
            "set APP_URL alike for the server and for this command, and restart the server",
        ),
        Some(_) if !is_ours => Finding::problem(
            format!("the provider at {app_url} has other keys than this database"),
            "set DB_CONNECTION_STRING as for the server; or let APP_URL lead to this server",
        ),
        Some(issuer) => Finding::ok(format!("{issuer} leads to this installation")),
    }])
}
