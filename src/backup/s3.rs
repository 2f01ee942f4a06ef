//! Backups in S3 or a compatible service. Each is one object.

use std::{
    fs::File,
    io::{self, Seek as _, SeekFrom},
    time::Duration,
};

use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle, actions::ListObjectsV2};
use tokio::runtime::{Builder, Runtime};
use url::{Host, Url};

use super::BackupError;
use crate::{
    model::S3Place,
    outbound::{Answer, Outbound, OutboundError, Reach},
    settings::S3Settings,
};

/// Timeouts of small requests, of sending one part, and of fetching a backup.
pub(super) const QUESTION: Duration = Duration::from_secs(30);
pub(super) const TRANSFER: Duration = Duration::from_secs(3_600);
const DOWNLOAD: Duration = Duration::from_secs(86_400);
/// How long a signed URL is valid.
pub(super) const SIGNED: Duration = Duration::from_secs(3_600);
/// Larger backups are sent in parts of this size, in bytes: small enough to send one again, and large
/// enough that the parts are few. S3 accepts parts of 5 MiB to 5 GiB.
const PART_SIZE: u64 = 128 << 20;
/// Names per page of a listing; a page stays far below the size limit of an answer.
const PAGE: usize = 200;
/// The highest number of pages in a listing: more than a folder of backups needs.
const MAX_PAGES: usize = 50;

/// A client for one bucket.
#[derive(Debug)]
pub struct S3 {
    pub(super) bucket: Bucket,
    pub(super) credentials: Credentials,
    pub(super) outbound: Outbound,
    pub(super) runtime: Runtime,
    pub(super) part_size: u64,
}

/// An object in a bucket.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its name, relative to its folder.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

impl S3 {
    /// A client for the bucket of a place. Sends no request yet.
    pub fn new(settings: &S3Settings, place: &S3Place) -> Result<Self, BackupError> {
        // An IP address has no subdomains, so the bucket cannot be in the name of the host.
        let has_name = matches!(settings.endpoint.host(), Some(Host::Domain(_)));
        let style = if settings.force_path_style || !has_name {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let (endpoint, region) = (settings.endpoint.clone(), settings.region.clone());
        let bucket = Bucket::new(endpoint, style, place.bucket.clone(), region)
            .map_err(|error| BackupError::S3(format!("the address of {place}: {error}")))?;
        let secret = settings.secret_access_key.expose();
        Ok(Self {
            bucket,
            credentials: Credentials::new(&settings.access_key_id, secret),
            outbound: Outbound::trusting(settings.authorities.clone()),
            runtime: Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(BackupError::Read)?,
            part_size: PART_SIZE,
        })
    }

    /// Sends parts of this size instead, for tests with little data. S3 accepts no smaller ones than
    /// 5 MiB.
    pub fn with_parts_of(self, part_size: u64) -> Self {
        Self { part_size, ..self }
    }

    /// Downloads an object into a file.
    pub fn get(&self, place: &S3Place, mut file: File) -> Result<File, BackupError> {
        self.fetch(place, &mut file)?;
        file.seek(SeekFrom::Start(0)).map_err(BackupError::Read)?;
        Ok(file)
    }

    /// Writes an object into a file or a pipe.
    pub fn fetch(&self, place: &S3Place, sink: &mut File) -> Result<(), BackupError> {
        let url = self.bucket.get_object(Some(&self.credentials), &place.key).sign(SIGNED);
        let fetched = self.outbound.download(&url, Reach::Anywhere, DOWNLOAD, sink);
        self.runtime.block_on(fetched).map_err(failed)?.expect("fetch", place).map(drop)
    }

    /// Lists the objects of a folder, without those of its subfolders.
    pub fn list(&self, folder: &S3Place) -> Result<Vec<Object>, BackupError> {
        let (mut objects, mut token) = (Vec::new(), None::<String>);
        for _ in 0..MAX_PAGES {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(&folder.key);
            action.with_delimiter("/");
            action.with_max_keys(PAGE);
            if let Some(token) = &token {
                action.with_continuation_token(token);
            }
            let answer = self.ask(&action.sign(SIGNED))?;
            let body = answer.expect("list", folder)?.body;
            let page = std::str::from_utf8(&body)
                .ok()
                .and_then(|text| ListObjectsV2::parse_response(text).ok());
            let page =
                page.ok_or_else(|| BackupError::S3("the response is not an object list".into()))?;
            objects.extend(page.contents.into_iter().filter_map(|object| {
                let name = object.key.strip_prefix(&folder.key)?.to_owned();
                Some(Object { name, size: object.size.unwrap_or_default() })
            }));
            token = page.next_continuation_token;
            if token.is_none() {
                break;
            }
        }
        Ok(objects)
    }

    /// Deletes an object.
    pub fn delete(&self, place: &S3Place) -> Result<(), BackupError> {
        let action = self.bucket.delete_object(Some(&self.credentials), &place.key);
        let url = action.sign(SIGNED);
        let request = self.outbound.delete(&url, Reach::Anywhere, QUESTION);
        self.runtime.block_on(request).map_err(failed)?.expect("remove", place).map(drop)
    }

    fn ask(&self, url: &Url) -> Result<Answer, BackupError> {
        let asked = self.outbound.get(url, Reach::Anywhere, QUESTION);
        self.runtime.block_on(asked).map_err(failed)
    }
}

pub(super) fn failed(error: OutboundError) -> BackupError {
    match error {
        OutboundError::Certificate { .. } => BackupError::Untrusted(error.to_string()),
        error => BackupError::S3(error.to_string()),
    }
}

pub(super) trait Expect: Sized {
    /// Fails unless the answer has a 2xx status.
    fn expect(self, what: &str, place: &S3Place) -> Result<Self, BackupError>;
}

impl Expect for Answer {
    fn expect(self, what: &str, place: &S3Place) -> Result<Self, BackupError> {
        if (200..300).contains(&self.status) {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body);
        let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let is_name = |c: char| c.is_ascii_alphanumeric();
        let code = code.map(|(code, _)| code).filter(|code| code.chars().all(is_name));
        let status = self.status;
        let code = code.map_or_else(|| status.to_string(), |code| format!("{status} {code}"));
        Err(BackupError::S3(format!("{what} {place}: it answered {code}")))
    }
}

/// Fails if the place is a folder, which has no content to read.
pub(super) fn not_a_folder(place: &S3Place) -> Result<(), BackupError> {
    if place.is_folder() {
        return Err(BackupError::Read(io::ErrorKind::IsADirectory.into()));
    }
    Ok(())
}
