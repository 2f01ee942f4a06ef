//! Reads an untrusted archive. Content is checked before use, and names from the archive are never
//! used as file names.

use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{
    BackupError, Manifest, Member, Progress,
    manifest::{
        ENCRYPTION_KEY, FORMAT, FORMAT_VERSION, MANIFEST, MAX_MANIFEST, find_table, member_of,
    },
    progress::Counter,
    row,
    unsound::UnsoundRows,
};
use crate::{
    crypto::{Digesting, Secret},
    store::{
        Load, StoreError,
        columns::RowRules,
        load_apart, meta,
        schema::{Schema, Table},
        value::Value,
    },
};

/// The longest line, in bytes. The longest value, a logo, is far shorter.
const MAX_LINE: u64 = 32 << 20;
/// The longest encryption key, in bytes.
const MAX_KEY: u64 = 4_096;
/// The highest number of members.
const MAX_MEMBERS: usize = 1_000;
/// The highest ratio of uncompressed to compressed size, beyond [`FREE_SIZE`] bytes. Our archives
/// have a ratio of 3 to 30; a ZIP bomb has about 1000.
const MAX_RATIO: u64 = 250;
const FREE_SIZE: u64 = 16 << 20;
const BUFFER: usize = 128 * 1024;

/// An archive with a checked manifest.
#[derive(Debug)]
pub struct Archive<R> {
    zip: ZipArchive<R>,
    manifest: Manifest,
    schema: Schema,
    unsound: UnsoundRows,
    accepts_unsound: bool,
}

impl<R: Read + Seek> Archive<R> {
    /// Opens an archive: reads the manifest, and checks that exactly the listed members exist.
    pub fn open(mut reader: R) -> Result<Self, BackupError> {
        let mut start = Vec::new();
        reader.seek(SeekFrom::Start(0)).map_err(BackupError::Read)?;
        reader.by_ref().take(4).read_to_end(&mut start).map_err(BackupError::Read)?;
        let size = reader.seek(SeekFrom::End(0)).map_err(BackupError::Read)?;
        if !begins_as_zip(&start) {
            return Err(BackupError::NotABackup("it is not a ZIP archive"));
        }
        let mut zip = ZipArchive::new(reader).map_err(|_| {
            BackupError::Damaged("its end is missing, as if the copy was truncated".into())
        })?;
        let names = names(&zip)?;
        if !names.iter().any(|name| name == MANIFEST) {
            if names.iter().any(|name| name == "database.json") {
                return Err(BackupError::PocketIdExport);
            }
            return Err(BackupError::NotABackup("it is a ZIP archive without a manifest.json"));
        }
        let manifest = read_manifest(&mut zip)?;
        let schema = Schema::at(manifest.schema_version)?;
        let mut archive =
            Self { zip, manifest, schema, unsound: UnsoundRows::default(), accepts_unsound: false };
        archive.check_members(&names)?;
        archive.check_sizes(size)?;
        Ok(archive)
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The schema of the archived data.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Loads rows that the models reject but the database accepts.
    pub fn accept_unsound_rows(&mut self) {
        self.accepts_unsound = true;
    }

    /// The rows that the models reject; complete after loading.
    pub fn unsound_rows(&self) -> &UnsoundRows {
        &self.unsound
    }

    /// The encryption key, if it is in the archive.
    pub fn encryption_key(&mut self) -> Result<Option<Secret>, BackupError> {
        let Some(member) = self.manifest.member(ENCRYPTION_KEY).cloned() else { return Ok(None) };
        let mut checked = Checked::open(&mut self.zip, &member)?;
        let mut key = Vec::new();
        checked.read_to_end(&mut key).map_err(|error| unreadable(&member.name, &error))?;
        checked.finish()?;
        let key = String::from_utf8(key);
        let key = key.map_err(|_| BackupError::member(&member.name, "is not text"))?;
        Ok(Some(Secret::new(key)))
    }

    /// The stored check value of the encryption key; `None` if the data has no secrets.
    pub fn key_check(&mut self) -> Result<Option<Vec<u8>>, BackupError> {
        let mut found = None;
        let Some(table) = self.schema.tables.iter().find(|table| table.name == "meta").cloned()
        else {
            return Ok(None);
        };
        let mut remember = |values: &[Value<'_>]| {
            if let [Value::Text(key), Value::Blob(value)] = values
                && key == meta::KEY_CHECK
            {
                found = Some(value.to_vec());
            }
            Ok(())
        };
        self.each_row(&table, &mut Counter::new(&super::Unseen), &mut remember)?;
        Ok(found)
    }

    /// Fills every table of a new database and checks each row.
    pub fn load(
        &mut self,
        load: &mut Load<'_>,
        progress: &dyn Progress,
    ) -> Result<(), BackupError> {
        progress.begin(self.manifest.rows());
        self.unsound = UnsoundRows::default();
        for table in self.schema.tables.clone() {
            let mut counter = Counter::new(progress);
            let loaded = load.table(&table, &mut |push| self.each_row(&table, &mut counter, push));
            loaded.map_err(|error| match error {
                BackupError::Store(error) => content_fault(&table, None, error),
                error => error,
            })?;
        }
        if !self.unsound.is_empty() && !self.accepts_unsound {
            return Err(BackupError::UnsoundRows(self.unsound.clone()));
        }
        Ok(())
    }

    /// Verifies that the archive can be restored, by filling a temporary database.
    pub fn verify(&mut self, progress: &dyn Progress) -> Result<(), BackupError> {
        self.encryption_key()?;
        let schema = self.schema.clone();
        load_apart(&schema, &mut |load| self.load(load, progress)).map_err(BackupError::blame)
    }

    fn each_row(
        &mut self,
        table: &Table,
        counter: &mut Counter<'_>,
        push: &mut dyn FnMut(&[Value<'_>]) -> Result<(), StoreError>,
    ) -> Result<(), BackupError> {
        let name = member_of(&table.name);
        let Some(member) = self.manifest.member(&name).cloned() else {
            return Err(BackupError::member(&name, "is missing"));
        };
        let checked = Checked::open(&mut self.zip, &member)?;
        let mut reader = BufReader::with_capacity(BUFFER, checked);
        let rules = RowRules::of(table);
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
            if read.map_err(|error| unreadable(&name, &error))? == 0 {
                break;
            }
            if line.last() != Some(&b'\n') {
                return Err(BackupError::member(&name, "ends in an incomplete line"));
            }
            let number = counter.rows() + 1;
            let values = row::decode(&line, &table.columns).map_err(|error| {
                BackupError::member(&name, format!("has an invalid row in line {number}: {error}"))
            })?;
            let checked = rules.check(&values);
            if let Err(fault) = &checked {
                self.unsound.note(&name, number, fault);
            }
            // Skip unsound rows that will be refused anyway: inserting them could fail for another
            // reason and hide this one.
            if checked.is_ok() || self.accepts_unsound {
                push(&values).map_err(|error| content_fault(table, Some(number), error))?;
            }
            counter.count();
        }
        reader.into_inner().finish()?;
        if member.rows != Some(counter.rows()) {
            let fault = "has a different number of rows than its manifest says";
            return Err(BackupError::member(&name, fault));
        }
        Ok(())
    }

    /// Checks that the archive has exactly the members that the schema requires, each once, with
    /// the right columns.
    fn check_members(&mut self, names: &[String]) -> Result<(), BackupError> {
        for name in names.iter().filter(|name| *name != MANIFEST) {
            if self.manifest.member(name).is_none() {
                return Err(BackupError::member(name, "is not in its manifest"));
            }
        }
        for table in &self.schema.tables {
            let name = member_of(&table.name);
            if self.manifest.member(&name).is_none() {
                return Err(BackupError::member(&name, "is missing from its manifest"));
            }
        }
        for (index, member) in self.manifest.members.iter().enumerate() {
            let table = find_table(&self.schema, &member.name);
            let is_known = table.is_some() || member.name == ENCRYPTION_KEY;
            let is_second =
                self.manifest.members[..index].iter().any(|other| other.name == member.name);
            if !is_known || is_second {
                return Err(BackupError::member(&member.name, "is unknown or occurs twice"));
            }
            if table.is_some_and(|table| {
                !table.columns.iter().map(|column| &column.name).eq(&member.columns)
            }) {
                return Err(BackupError::member(
                    &member.name,
                    "has different columns than its schema version",
                ));
            }
            if !names.contains(&member.name) {
                return Err(BackupError::member(&member.name, "is missing"));
            }
        }
        Ok(())
    }

    /// Checks the sizes against the manifest, and limits the total size against ZIP bombs.
    fn check_sizes(&mut self, archive: u64) -> Result<(), BackupError> {
        let mut total = 0_u64;
        for member in &self.manifest.members {
            let entry = self.zip.by_name(&member.name).map_err(|error| failure(member, error))?;
            if entry.size() != member.size {
                return Err(BackupError::member(
                    &member.name,
                    "has a different size than its manifest says",
                ));
            }
            total = total.saturating_add(member.size);
            if member.name == ENCRYPTION_KEY && member.size > MAX_KEY {
                return Err(BackupError::member(&member.name, "is not an encryption key"));
            }
        }
        if total > archive.saturating_mul(MAX_RATIO).saturating_add(FREE_SIZE) {
            let fault = "its content is far larger than the file, as in a ZIP bomb";
            return Err(BackupError::Damaged(fault.into()));
        }
        Ok(())
    }
}

/// Whether these first bytes of a file are those of a non-empty ZIP archive.
pub fn begins_as_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04")
}

fn names<R: Read + Seek>(zip: &ZipArchive<R>) -> Result<Vec<String>, BackupError> {
    if zip.len() > MAX_MEMBERS {
        return Err(BackupError::NotABackup("it is a ZIP archive with too many members"));
    }
    let names = zip.file_names().map(|name| name.map(std::borrow::Cow::into_owned));
    let names: Result<_, _> = names.collect();
    names.map_err(|_| {
        BackupError::NotABackup("it is a ZIP archive with file names that are not text")
    })
}

fn read_manifest<R: Read + Seek>(zip: &mut ZipArchive<R>) -> Result<Manifest, BackupError> {
    let damaged = |fault: &str| BackupError::member(MANIFEST, fault);
    let entry = zip.by_name(MANIFEST).map_err(|_| damaged("cannot be read"))?;
    let mut text = Vec::new();
    entry
        .take(MAX_MANIFEST + 1)
        .read_to_end(&mut text)
        .map_err(|error| unreadable(MANIFEST, &error))?;
    if text.len() as u64 > MAX_MANIFEST {
        return Err(damaged("is too large"));
    }
    let head: Head =
        serde_json::from_slice(&text).map_err(|_| damaged("is not a valid manifest"))?;
    if head.format != FORMAT {
        return Err(BackupError::NotABackup("it is an archive of another program"));
    }
    for (what, found, supported) in [
        ("format", head.format_version, FORMAT_VERSION),
        ("schema", head.schema_version, Schema::NEWEST),
    ] {
        match found {
            ..1 => return Err(damaged("has an invalid version")),
            found if found > supported => {
                return Err(BackupError::Newer { what, found, supported });
            }
            _ => {}
        }
    }
    serde_json::from_slice(&text).map_err(|_| damaged("is not a valid manifest"))
}

/// The manifest fields common to all versions.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    format: String,
    format_version: i64,
    schema_version: i64,
}

/// Reads a member up to its announced size; `finish` checks the size and checksum.
struct Checked<'a, R: Read + Seek> {
    entry: ZipFile<'a, R>,
    member: Member,
    left: u64,
    digest: Digesting,
}

impl<'a, R: Read + Seek> Checked<'a, R> {
    fn open(zip: &'a mut ZipArchive<R>, member: &Member) -> Result<Self, BackupError> {
        let entry = zip.by_name(&member.name).map_err(|error| failure(member, error))?;
        Ok(Self { entry, left: member.size, member: member.clone(), digest: Digesting::new() })
    }

    fn finish(mut self) -> Result<(), BackupError> {
        let name = &self.member.name;
        let more = self.entry.read(&mut [0]).map_err(|error| unreadable(name, &error))?;
        if self.left > 0 || more > 0 {
            return Err(BackupError::member(name, "has a different size than its manifest says"));
        }
        if self.digest.finish().hex() != self.member.sha256 {
            let fault = "has a different checksum than its manifest says";
            return Err(BackupError::member(name, fault));
        }
        Ok(())
    }
}

impl<R: Read + Seek> Read for Checked<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = usize::try_from(self.left).map_or(buffer.len(), |left| left.min(buffer.len()));
        let read = self.entry.read(&mut buffer[..room])?;
        self.left -= read as u64;
        self.digest.update(&buffer[..read]);
        Ok(read)
    }
}

fn failure(member: &Member, error: ZipError) -> BackupError {
    match error {
        ZipError::Io(error) => BackupError::Read(error),
        error => BackupError::member(&member.name, format!("cannot be read: {error}")),
    }
}

/// Reports an error of the operating system as a read error, everything else as a fault of the
/// archive.
fn unreadable(name: &str, error: &std::io::Error) -> BackupError {
    match error.raw_os_error() {
        Some(code) => BackupError::Read(std::io::Error::from_raw_os_error(code)),
        None => BackupError::member(name, format!("cannot be read: {error}")),
    }
}

/// Reports a row that the database refuses as a fault of the archive. Other errors, such as a full
/// disk, stay as they are.
fn content_fault(table: &Table, line: Option<u64>, error: StoreError) -> BackupError {
    let place = line.map_or_else(String::new, |line| format!(" in line {line}"));
    let cause = match error {
        StoreError::Conflict => "a unique value occurs twice".into(),
        StoreError::Sql(cause) => cause,
        error => return error.into(),
    };
    BackupError::member(&member_of(&table.name), format!("has an invalid row{place}: {cause}"))
}
