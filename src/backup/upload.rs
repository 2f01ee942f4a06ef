//! Uploads to S3: in one request, or in parts when there is more than fits a part.
//!
//! An upload in parts is completed or aborted, so that no parts are left behind: they are stored, and
//! paid for, without being an object.

use std::{fs::File, thread, time::Duration};

use rusty_s3::{S3Action as _, actions::CreateMultipartUpload};

use super::{
    BackupError,
    s3::{Expect as _, QUESTION, S3, SIGNED, TRANSFER, failed},
};
use crate::{
    model::S3Place,
    outbound::{Answer, FileUpload, Reach, XmlDocument},
};

/// The highest number of parts that S3 accepts.
const MAX_PARTS: u64 = 10_000;
/// The pauses before a part is sent again.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(3)];

/// A piece of a file.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    file: &'a File,
    offset: u64,
    size: u64,
}

/// A begun upload in parts.
#[derive(Debug)]
struct Upload<'a> {
    s3: &'a S3,
    place: &'a S3Place,
    id: String,
}

impl S3 {
    /// Uploads a file. Fails if the object exists.
    pub fn put(&self, place: &S3Place, file: &File) -> Result<u64, BackupError> {
        let size = file.metadata().map_err(BackupError::Read)?.len();
        let whole = Piece { file, offset: 0, size };
        if size <= self.part_size {
            self.put_whole(place, whole)?;
        } else {
            self.put_in_parts(place, whole)?;
        }
        Ok(size)
    }

    fn put_whole(&self, place: &S3Place, whole: Piece<'_>) -> Result<(), BackupError> {
        let send = |is_new| {
            let action = self.bucket.put_object(Some(&self.credentials), &place.key);
            self.send(&action.sign(SIGNED), whole, is_new)
        };
        let mut answer = send(true)?;
        if is_condition_unknown(&answer) {
            self.must_be_new(place)?;
            answer = send(false)?;
        }
        stored(answer, place).map(drop)
    }

    fn put_in_parts(&self, place: &S3Place, whole: Piece<'_>) -> Result<(), BackupError> {
        // S3 checks it as well, but only after everything was sent. The key may have no right to list.
        if let Err(error @ BackupError::Exists(_)) = self.must_be_new(place) {
            return Err(error);
        }
        let upload = Upload::begin(self, place)?;
        let ended = upload.send_parts(whole).and_then(|etags| upload.complete(&etags));
        if ended.is_err() {
            upload.abort();
        }
        ended
    }

    /// Some services do not support the condition `If-None-Match`. This check leaves a race with
    /// other writers.
    fn must_be_new(&self, place: &S3Place) -> Result<(), BackupError> {
        if self.list(place)?.iter().any(|object| object.name.is_empty()) {
            return Err(BackupError::Exists(place.to_string()));
        }
        Ok(())
    }

    fn send(&self, url: &url::Url, piece: Piece<'_>, is_new: bool) -> Result<Answer, BackupError> {
        let Piece { file, offset, size } = piece;
        let file = file.try_clone().map_err(BackupError::Read)?;
        let upload = FileUpload { file, offset, size, is_new };
        let sent = self.outbound.put(url, Reach::Anywhere, TRANSFER, upload);
        self.runtime.block_on(sent).map_err(failed)
    }
}

impl<'a> Upload<'a> {
    fn begin(s3: &'a S3, place: &'a S3Place) -> Result<Self, BackupError> {
        let action = s3.bucket.create_multipart_upload(Some(&s3.credentials), &place.key);
        let url = action.sign(SIGNED);
        let nothing = XmlDocument::default();
        let asked = s3.outbound.post_xml(&url, Reach::Anywhere, QUESTION, nothing);
        let answer = s3.runtime.block_on(asked).map_err(failed)?.expect("store", place)?;
        let text = String::from_utf8_lossy(&answer.body);
        let begun = CreateMultipartUpload::parse_response(&text).map_err(|_| {
            BackupError::S3("the response does not begin an upload in parts".into())
        })?;
        Ok(Self { s3, place, id: begun.upload_id().to_owned() })
    }

    /// Sends all parts, one after the other, and returns their tags.
    fn send_parts(&self, whole: Piece<'_>) -> Result<Vec<String>, BackupError> {
        let part_size = size_of_parts(whole.size, self.s3.part_size);
        let mut etags = Vec::new();
        let mut offset = 0;
        for number in 1.. {
            let size = part_size.min(whole.size - offset);
            if size == 0 {
                break;
            }
            etags.push(self.send_part(number, Piece { offset, size, ..whole })?);
            offset += size;
        }
        Ok(etags)
    }

    /// Sends a part. Tries again when the connection or the service fails: a large backup takes long
    /// enough to meet such a failure.
    fn send_part(&self, number: u16, part: Piece<'_>) -> Result<String, BackupError> {
        let try_once = || {
            let (s3, key) = (self.s3, &self.place.key);
            let action = s3.bucket.upload_part(Some(&s3.credentials), key, number, &self.id);
            s3.send(&action.sign(SIGNED), part, false)
        };
        let mut sent = try_once();
        for pause in PAUSES {
            let is_temporary = match &sent {
                Ok(answer) => answer.status == 429 || answer.status >= 500,
                Err(error) => matches!(error, BackupError::S3(_)),
            };
            if !is_temporary {
                break;
            }
            thread::sleep(pause);
            sent = try_once();
        }
        let answer = sent?.expect("store", self.place)?;
        let etag = answer.headers.get("etag").and_then(|tag| tag.to_str().ok());
        let missing = || BackupError::S3("the response to a part has no ETag".into());
        etag.map(str::to_owned).ok_or_else(missing)
    }

    fn complete(&self, etags: &[String]) -> Result<(), BackupError> {
        let mut answer = self.ask_to_complete(etags, true)?;
        if is_condition_unknown(&answer) {
            self.s3.must_be_new(self.place)?;
            answer = self.ask_to_complete(etags, false)?;
        }
        let answer = stored(answer, self.place)?;
        // S3 may answer 200 before it is done, and tell of an error in the body.
        let text = String::from_utf8_lossy(&answer.body);
        if text.contains("<CompleteMultipartUploadResult") {
            return Ok(());
        }
        Answer { status: 500, ..answer }.expect("store", self.place).map(drop)
    }

    fn ask_to_complete(&self, etags: &[String], is_new: bool) -> Result<Answer, BackupError> {
        let (s3, key) = (self.s3, &self.place.key);
        let tags = etags.iter().map(String::as_str);
        let action =
            s3.bucket.complete_multipart_upload(Some(&s3.credentials), key, &self.id, tags);
        let url = action.sign(SIGNED);
        let document = XmlDocument { text: action.body(), is_new };
        // It may take minutes to put the parts together.
        let asked = s3.outbound.post_xml(&url, Reach::Anywhere, TRANSFER, document);
        s3.runtime.block_on(asked).map_err(failed)
    }

    fn abort(&self) {
        let (s3, key) = (self.s3, &self.place.key);
        let action = s3.bucket.abort_multipart_upload(Some(&s3.credentials), key, &self.id);
        let url = action.sign(SIGNED);
        let asked = s3.outbound.delete(&url, Reach::Anywhere, QUESTION);
        let aborted = s3.runtime.block_on(asked).map_err(failed);
        if let Err(error) = aborted.and_then(|answer| answer.expect("abort", self.place)) {
            tracing::warn!(%error, "could not remove the parts of a failed upload");
        }
    }
}

/// The size of all parts but the last: the usual one, unless there would be too many.
fn size_of_parts(size: u64, usual: u64) -> u64 {
    size.div_ceil(MAX_PARTS).max(usual)
}

fn is_condition_unknown(answer: &Answer) -> bool {
    answer.status == 501
}

/// Fails unless the object was stored.
fn stored(answer: Answer, place: &S3Place) -> Result<Answer, BackupError> {
    match answer.status {
        412 => Err(BackupError::Exists(place.to_string())),
        _ => answer.expect("store", place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S3: at most 10,000 parts of at most 5 GiB, in an object of at most 5 TiB.
    #[test]
    fn no_object_has_more_or_larger_parts_than_s3_accepts() {
        let usual = 128 << 20;
        for size in [usual + 1, 5 << 30, 1 << 40, (5 << 40) - 1, 5 << 40] {
            let part_size = size_of_parts(size, usual);
            assert!(size.div_ceil(part_size) <= 10_000, "{size}");
            assert!((usual..=5 << 30).contains(&part_size), "{size}");
        }
    }
}
