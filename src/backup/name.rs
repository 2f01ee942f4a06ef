//! Names of backups: each contains its time and program version.

use std::fmt;

use crate::model::{InstallationId, Timestamp};

const PREFIX: &str = "pocketid-";
const SUFFIX: &str = ".zip";
/// The additional suffix of an encrypted backup.
const ENCRYPTED: &str = ".age";

/// The name of a backup, such as `pocketid-20261124T080000Z-0.1.0.zip`, or
/// `pocketid-5f3a9c21-20261124T080000Z-0.1.0.zip` for a scheduled backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupName {
    /// The installation, if its server made the backup on schedule.
    pub installation: Option<InstallationId>,
    /// When the backup was made.
    pub created_at: Timestamp,
    /// The version of the program.
    pub version: String,
    /// Whether the backup is encrypted with a passphrase.
    pub is_encrypted: bool,
}

impl BackupName {
    /// The name of a new backup by this program version.
    pub fn new(
        installation: Option<InstallationId>,
        created_at: Timestamp,
        is_encrypted: bool,
    ) -> Self {
        Self { installation, created_at, version: env!("CARGO_PKG_VERSION").into(), is_encrypted }
    }

    /// Parses a name; `None` if it has another form.
    pub fn parse(name: &str) -> Option<Self> {
        let (plain, is_encrypted) =
            name.strip_suffix(ENCRYPTED).map_or((name, false), |plain| (plain, true));
        let middle = plain.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        let with_installation =
            middle.split_once('-').and_then(|(id, rest)| Some((id.parse().ok()?, rest)));
        let (installation, middle) =
            with_installation.map_or((None, middle), |(id, rest)| (Some(id), rest));
        let (moment, version) = middle.split_once('-')?;
        let created_at = from_compact(moment)?;
        let is_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        let version =
            (!version.is_empty() && version.chars().all(is_version)).then_some(version)?;
        Some(Self { installation, created_at, version: version.into(), is_encrypted })
    }
}

impl fmt::Display for BackupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = self.created_at.compact();
        let encrypted = if self.is_encrypted { ENCRYPTED } else { "" };
        f.write_str(PREFIX)?;
        if let Some(installation) = self.installation {
            write!(f, "{installation}-")?;
        }
        write!(f, "{moment}-{}{SUFFIX}{encrypted}", self.version)
    }
}

fn from_compact(text: &str) -> Option<Timestamp> {
    let is_compact = text.len() == 16
        && text.char_indices().all(|(at, c)| match at {
            8 => c == 'T',
            15 => c == 'Z',
            _ => c.is_ascii_digit(),
        });
    let part = |from: usize, to: usize| text.get(from..to).filter(|_| is_compact);
    let long = format!(
        "{}-{}-{}:{}:{}",
        part(0, 4)?,
        part(4, 6)?,
        part(6, 11)?,
        part(11, 13)?,
        part(13, 16)?
    );
    long.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_when_and_by_which_version() {
        let moment = Timestamp::from_unix(1_764_074_342);
        let installation = InstallationId([0x0f, 0x3a, 0x9c, 0x21]);
        for is_encrypted in [false, true] {
            for installation in [None, Some(installation)] {
                let name = BackupName::new(installation, moment, is_encrypted);
                assert_eq!(BackupName::parse(&name.to_string()), Some(name));
            }
        }
        let version = "1.2.3".to_owned();
        let name =
            BackupName { installation: None, created_at: moment, version, is_encrypted: true };
        assert_eq!(name.to_string(), "pocketid-20251125T123902Z-1.2.3.zip.age");
        let name = BackupName { installation: Some(installation), ..name };
        assert_eq!(name.to_string(), "pocketid-0f3a9c21-20251125T123902Z-1.2.3.zip.age");
    }

    #[test]
    fn other_names_are_nobodys_backup() {
        for name in [
            "",
            "holiday.zip",
            "pocketid-20251125T123902Z.zip",
            "pocketid-20251125T123902Z-.zip",
            "pocketid-20251325T123902Z-1.zip",
            "pocketid-2025é125T12390Z-1.zip",
            "pocketid-20251125T123902Z-1/../x.zip",
            "pocketid-20251125T123902Z-1.tar",
            "pocketid-0f3a9c21-20251125T123902Z.zip",
            "pocketid-0F3A9C21-20251125T123902Z-1.zip",
            "pocketid-0f3a9c2-20251125T123902Z-1.zip",
        ] {
            assert_eq!(BackupName::parse(name), None, "{name}");
        }
    }
}
