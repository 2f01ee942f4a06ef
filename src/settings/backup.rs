//! Backup settings: schedule, target, number to keep, encryption and S3.

use url::Url;

use super::{Faults, SettingFault, Source, authorities};
use crate::{
    crypto::{Secret, tls::Authorities},
    model::{Place, S3Place, Schedule, placeholder},
};

/// Shortest passphrase, in bytes. An attacker with a copy of a backup can guess without limit.
pub const MIN_PASSPHRASE: usize = 12;
/// Region for S3 services that have no regions.
const DEFAULT_REGION: &str = "us-east-1";

/// The settings of backups.
#[derive(Debug, Clone, Default)]
pub struct BackupSettings {
    /// When the server makes backups; never if not set.
    pub schedule: Option<Schedule>,
    /// Where backups are: a folder, or a key prefix in S3.
    pub target: Option<Place>,
    /// How many backups are kept; all if not set.
    pub keep: Option<usize>,
    /// The passphrase that encrypts them.
    pub passphrase: Option<Secret>,
    /// Access to S3, if set.
    pub s3: Option<S3Settings>,
    /// How often the server verifies the newest backup; never if not set.
    pub verify: Option<VerifyEvery>,
}

/// How often the newest backup is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyEvery {
    /// Every day.
    Day,
    /// Every 30 days.
    Month,
    /// Every 7 days.
    Week,
}

impl VerifyEvery {
    /// The value of the setting.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "daily",
            Self::Month => "monthly",
            Self::Week => "weekly",
        }
    }

    /// The time from one verification to the next, in seconds.
    pub fn seconds(self) -> i64 {
        let days = match self {
            Self::Day => 1,
            Self::Month => 30,
            Self::Week => 7,
        };
        days * 86_400
    }
}

/// Access to S3 or a compatible service.
#[derive(Debug, Clone)]
pub struct S3Settings {
    /// The address.
    pub endpoint: Url,
    /// The region.
    pub region: String,
    /// The access key ID.
    pub access_key_id: String,
    /// The secret access key.
    pub secret_access_key: Secret,
    /// Whether the bucket is in the path instead of the host name.
    pub force_path_style: bool,
    /// Private authorities that may issue its certificate.
    pub authorities: Authorities,
}

pub(super) fn read(source: &Source, faults: &mut Faults) -> BackupSettings {
    let settings = BackupSettings {
        schedule: faults.collect(source.parse("BACKUP_SCHEDULE")),
        target: faults.collect(source.parse_with("BACKUP_TARGET", parse_target)),
        keep: faults.collect(source.parse_with("BACKUP_KEEP", parse_keep)),
        passphrase: faults.collect(source.parse_with("BACKUP_PASSPHRASE", parse_passphrase)),
        s3: read_s3(source, faults),
        verify: faults.collect(source.parse_with("BACKUP_VERIFY", parse_verify)).flatten(),
    };
    let missing =
        |name, fault: &str, hint: &str| Err::<Option<()>, _>(SettingFault::new(name, fault, hint));
    if settings.schedule.is_some() && settings.target.is_none() && !source.has("BACKUP_TARGET") {
        let hint = "set it to a folder, or to s3://BUCKET/FOLDER/";
        faults.collect(missing("BACKUP_TARGET", "is not set, but BACKUP_SCHEDULE is", hint));
    } else if settings.verify.is_some() && !source.has("BACKUP_TARGET") {
        let hint = "set it to the folder with the backups, or to s3://BUCKET/FOLDER/";
        faults.collect(missing("BACKUP_TARGET", "is not set, but BACKUP_VERIFY is", hint));
    }
    let needs_s3 = matches!(settings.target, Some(Place::S3(_)));
    if needs_s3 && settings.s3.is_none() && !source.has("S3_ACCESS_KEY_ID") {
        let hint = "set S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY, and S3_ENDPOINT or S3_REGION";
        faults.collect(missing("S3_ACCESS_KEY_ID", "is not set, but BACKUP_TARGET is in S3", hint));
    }
    settings
}

fn read_s3(source: &Source, faults: &mut Faults) -> Option<S3Settings> {
    let text = |text: &str| Ok::<_, String>(text.to_owned());
    let region = faults.collect(source.parse_with("S3_REGION", parse_region));
    let region = region.unwrap_or_else(|| DEFAULT_REGION.into());
    let endpoint = faults.collect(source.parse_with("S3_ENDPOINT", parse_endpoint));
    let endpoint =
        endpoint.or_else(|| Url::parse(&format!("https://s3.{region}.amazonaws.com")).ok())?;
    let force_path_style = faults.collect(source.parse_bool("S3_FORCE_PATH_STYLE"));
    let authorities = faults.collect(authorities::read(source, "S3_CA", "S3_CA_FILE"));
    let access_key_id = faults.collect(source.parse_with("S3_ACCESS_KEY_ID", text))?;
    let secret =
        faults.collect(source.parse_with("S3_SECRET_ACCESS_KEY", text).and_then(|key| {
            let hint = "set it, or S3_SECRET_ACCESS_KEY_FILE, to the secret of S3_ACCESS_KEY_ID";
            let fault = || {
                SettingFault::new(
                    "S3_SECRET_ACCESS_KEY",
                    "is not set, but S3_ACCESS_KEY_ID is",
                    hint,
                )
            };
            key.ok_or_else(fault).map(Some)
        }))?;
    Some(S3Settings {
        endpoint,
        region,
        access_key_id,
        secret_access_key: Secret::new(secret),
        force_path_style: force_path_style.unwrap_or_default(),
        authorities: authorities.unwrap_or_default(),
    })
}

/// Reads the target. A key in S3 gets a trailing slash, since it is a prefix.
fn parse_target(text: &str) -> Result<Place, String> {
    match text.parse()? {
        Place::Pipe => Err("is not a folder".into()),
        Place::S3(place) if !place.is_folder() => {
            Ok(Place::S3(S3Place { key: format!("{}/", place.key), ..place }))
        }
        place => Ok(place),
    }
}

fn parse_keep(text: &str) -> Result<usize, String> {
    let keep = text.parse().ok().filter(|keep| *keep > 0);
    keep.ok_or_else(|| "is not a number greater than 0".into())
}

fn parse_verify(text: &str) -> Result<Option<VerifyEvery>, String> {
    match text.to_ascii_lowercase().as_str() {
        "never" => Ok(None),
        "daily" => Ok(Some(VerifyEvery::Day)),
        "weekly" => Ok(Some(VerifyEvery::Week)),
        "monthly" => Ok(Some(VerifyEvery::Month)),
        _ => Err("is not one of never, daily, weekly, monthly".into()),
    }
}

fn parse_passphrase(text: &str) -> Result<Secret, String> {
    if placeholder::is_all_of(text) {
        return Err("is a variable that was not expanded".into());
    }
    if text.len() < MIN_PASSPHRASE {
        Err(format!("is shorter than {MIN_PASSPHRASE} characters"))
    } else {
        Ok(Secret::new(text))
    }
}

fn parse_region(text: &str) -> Result<String, String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if text.chars().all(is_name) {
        Ok(text.into())
    } else {
        Err("is not the name of a region, such as eu-central-1".into())
    }
}

fn parse_endpoint(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none()
    });
    url.ok_or_else(|| "is not an address such as https://s3.example.com".into())
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn names(variables: &[(&str, &str)]) -> Vec<&'static str> {
        let read = Settings::read(&Source::from_pairs(variables));
        let faults = read.err();
        faults.iter().flat_map(Faults::iter).map(|fault| fault.name).collect()
    }

    #[test]
    fn what_belongs_together_is_asked_for_together() {
        let s3 = ("BACKUP_TARGET", "s3://backups/id");
        let daily = ("BACKUP_SCHEDULE", "@daily");
        let (id, key) = (("S3_ACCESS_KEY_ID", "id"), ("S3_SECRET_ACCESS_KEY", "key"));
        assert!(names(&[daily, ("BACKUP_TARGET", "/backups")]).is_empty());
        assert!(names(&[daily, s3, id, key]).is_empty());
        assert_eq!(names(&[daily]), ["BACKUP_TARGET"]);
        assert_eq!(names(&[("BACKUP_VERIFY", "weekly")]), ["BACKUP_TARGET"]);
        assert!(names(&[("BACKUP_VERIFY", "never")]).is_empty());
        assert_eq!(names(&[s3]), ["S3_ACCESS_KEY_ID"]);
        assert_eq!(names(&[s3, id]), ["S3_SECRET_ACCESS_KEY"]);
    }

    #[test]
    fn wrong_values_are_told() {
        for (name, value) in [
            ("BACKUP_SCHEDULE", "sometimes"),
            ("BACKUP_KEEP", "0"),
            ("BACKUP_VERIFY", "sometimes"),
            ("BACKUP_KEEP", "-1"),
            ("BACKUP_TARGET", "-"),
            ("BACKUP_TARGET", "s3://"),
            ("BACKUP_PASSPHRASE", "short"),
            ("S3_ENDPOINT", "s3.example.com"),
            ("S3_REGION", "eu central"),
            ("S3_FORCE_PATH_STYLE", "maybe"),
            ("S3_CA", "/etc/ssl/ca.pem"),
        ] {
            assert_eq!(names(&[(name, value)]), [name], "{value}");
        }
    }

    #[test]
    fn a_place_in_s3_is_like_a_folder() {
        let target = |text| parse_target(text).unwrap();
        assert_eq!(target("s3://backups/id"), target("s3://backups/id/"));
        assert_ne!(target("s3://backups"), target("s3://backups/id"));
    }
}
