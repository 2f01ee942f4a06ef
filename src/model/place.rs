//! Locations of backups: files, folders, a pipe or S3.

use std::{path::PathBuf, str::FromStr};

/// A location, as given on the command line or in a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input or output.
    Pipe,
    /// One object or many in S3.
    S3(S3Place),
}

/// An object in S3, or all objects with a common prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct S3Place {
    /// The bucket.
    pub bucket: String,
    /// The key of the object. If empty or with a trailing slash, it is a prefix, like a folder.
    pub key: String,
}

impl S3Place {
    /// Whether it is a prefix, like a folder.
    pub fn is_folder(&self) -> bool {
        self.key.is_empty() || self.key.ends_with('/')
    }

    /// Returns the object of this name under the prefix.
    pub fn join(&self, name: &str) -> Self {
        Self { bucket: self.bucket.clone(), key: format!("{}{name}", self.key) }
    }
}

impl std::fmt::Display for S3Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.key)
    }
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "-" {
            return Ok(Self::Pipe);
        }
        let Some(rest) = text.strip_prefix("s3://") else {
            return Ok(Self::Path(text.into()));
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, and older
        // names.
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if bucket.is_empty() {
            return Err("write it as s3://BUCKET/NAME");
        }
        if !(3..=63).contains(&bucket.len()) || !bucket.chars().all(is_name) {
            return Err("a bucket name has 3 to 63 letters, digits, dots, hyphens and underscores");
        }
        if key.len() > 512 || key.chars().any(char::is_control) {
            return Err("the object name is too long, or contains control characters");
        }
        // URL parsers resolve these, so the request would go to another object.
        if key.split('/').any(|part| matches!(part, "." | "..")) {
            return Err("the object name contains . or ..");
        }
        Ok(Self::S3(S3Place { bucket: bucket.into(), key: key.into() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_pipe_a_path_or_an_object() {
        let s3 = |bucket: &str, key: &str| {
            Ok(Place::S3(S3Place { bucket: bucket.into(), key: key.into() }))
        };
        assert_eq!("-".parse(), Ok(Place::Pipe));
        assert_eq!("./-".parse(), Ok(Place::Path("./-".into())));
        assert_eq!("a/b.zip".parse(), Ok(Place::Path("a/b.zip".into())));
        assert_eq!("s3://backups/a/b.zip".parse::<Place>(), s3("backups", "a/b.zip"));
        assert_eq!("s3://backups".parse::<Place>(), s3("backups", ""));
        for wrong in [
            "s3://",
            "s3:///x",
            "s3://a b/x",
            "s3://bucket/a\nb",
            "s3://user@host/x",
            "s3://bucket/../x",
        ] {
            assert!(wrong.parse::<Place>().is_err(), "{wrong}");
        }
    }
}
