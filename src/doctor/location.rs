//! Checks the file that tells where addresses are.

use super::{Finding, Surroundings};
use crate::{
    geography::{GeoDatabase, GeoDatabaseFault},
    store::StoreError,
};

/// A file older than this is no longer kept up to date, in seconds.
const OLD: i64 = 60 * 86_400;
const ANOTHER: &str = "replace it with GeoLite2-City.mmdb of MaxMind or a file of the same format; or set \
                       MAXMIND_LICENSE_KEY, and remove it, and the server downloads one";

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let settings = &around.settings.location;
    let path = settings.database.display();
    if !settings.database.exists() {
        let missing = format!("{path}, which tells where addresses are, does not exist");
        return Ok(if settings.download.is_some() {
            let mend = "start the server, which downloads it; if it runs, look for “could not download” in its log";
            vec![Finding::warning(missing, mend)]
        } else if settings.is_named {
            let mend = "put the file there, or set MAXMIND_LICENSE_KEY to have it downloaded";
            vec![Finding::warning(missing, mend)]
        } else {
            Vec::new()
        });
    }
    Ok(vec![match GeoDatabase::read(&settings.database) {
        Ok(database) => sound(around, &database),
        Err(fault @ GeoDatabaseFault::Unreadable(_)) => {
            Finding::problem(format!("{path} {fault}"), "let the user of the server read it")
        }
        Err(fault) => Finding::problem(format!("{path} {fault}"), ANOTHER),
    }])
}

fn sound(around: &Surroundings<'_>, database: &GeoDatabase) -> Finding {
    let (kind, made_at) = (database.kind(), database.made_at());
    let told = format!("the locations of addresses come from {kind}, made at {made_at}");
    if around.now.seconds_since(made_at) > OLD {
        return Finding::warning(
            told,
            "get a newer file, or set MAXMIND_LICENSE_KEY, with which the server downloads one \
             every 14 days",
        );
    }
    Finding::ok(told)
}
