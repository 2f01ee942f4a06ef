//! Checks that the proxies of protected hosts ask this server.

use super::{Finding, Surroundings, look_at_hosts::Protection};
use crate::store::StoreError;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let app_url = &around.settings.app_url;
    let mut found = Vec::new();
    let mut asking = 0;
    for seen in &around.protected {
        let host = &seen.host;
        let lines = format!(
            "paste the lines of `pocketid protect show {host} --proxy PROXY` into its proxy: caddy, nginx or traefik"
        );
        found.push(match &seen.protection {
            Protection::Asks => {
                asking += 1;
                continue;
            }
            Protection::AllOpen => Finding::warning(
                format!("every path of {host} is open"),
                format!("name the paths that everyone may see: pocketid protect update {host} --open-path /health"),
            ),
            Protection::Answers(status) => Finding::problem(
                format!(
                    "{host} answers {status} to somebody who is not signed in, instead of leading to {app_url}"
                ),
                lines,
            ),
            Protection::Itself => Finding::problem(
                format!("{host} is the host of this server, which cannot protect itself"),
                format!("delete it: pocketid protect delete {host}"),
            ),
            Protection::Unseen(cause) => Finding::warning(
                format!("{host} was not checked: {cause}"),
                "check DNS, the proxy and its certificate from a machine that reaches it, with pocketid doctor",
            ),
        });
    }
    if asking > 0 {
        found.push(Finding::ok(match asking {
            1 => "a protected host asks here who may pass".to_owned(),
            count => format!("{count} protected hosts ask here who may pass"),
        }));
    }
    Ok(found)
}
