//! Writes an archive.

use std::{
    cell::Cell,
    io::{self, BufWriter, Write},
};

use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{
    BackupError, Manifest, Member, Progress,
    manifest::{ENCRYPTION_KEY, FORMAT, FORMAT_VERSION, MANIFEST, member_of},
    progress::Counter,
    row,
};
use crate::{
    crypto::{Digesting, Secret},
    model::{InstallationId, Timestamp},
    store::{
        Tx,
        schema::{Schema, Table},
    },
};

/// The fastest compression level. Ids and digests do not compress at any level; the rest does.
const LEVEL: i64 = 1;
const BUFFER: usize = 128 * 1024;

/// Facts about a backup that are not in its data.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The installation, for a scheduled backup; `None` for a manual one.
    pub made_by_itself_of: Option<InstallationId>,
    /// When the backup is made.
    pub created_at: Timestamp,
    /// The engine that the data comes from.
    pub engine: &'static str,
    /// The address of the provider.
    pub app_url: &'a str,
    /// The encryption key, if it is stored beside the database and would be lost with it.
    pub encryption_key: Option<&'a Secret>,
}

/// Writes all data that the transaction sees. It is a consistent snapshot, despite concurrent
/// writes.
pub(super) fn write<W: Write>(
    tx: &mut Tx<'_>,
    facts: &Facts<'_>,
    sink: W,
    progress: &dyn Progress,
) -> Result<(Manifest, W), BackupError> {
    tx.take_your_time()?;
    let schema = Schema::at(Schema::NEWEST)?;
    let mut rows = 0;
    for table in &schema.tables {
        rows += tx.count(table)?;
    }
    progress.begin(rows);
    let is_abandoned = Cell::new(false);
    let mut zip = ZipWriter::new_stream(Abandonable { inner: sink, is_abandoned: &is_abandoned });
    let written = write_members(tx, &schema, facts, &mut zip, progress);
    let manifest = written.inspect_err(|_| is_abandoned.set(true))?;
    let sink = zip.finish().map_err(failure)?.into_inner().inner;
    Ok((manifest, sink))
}

fn write_members<W: Write + io::Seek>(
    tx: &mut Tx<'_>,
    schema: &Schema,
    facts: &Facts<'_>,
    zip: &mut ZipWriter<W>,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    let mut members = Vec::new();
    for table in &schema.tables {
        members.push(write_table(tx, table, zip, progress)?);
    }
    if let Some(key) = facts.encryption_key {
        members.push(write_member(zip, ENCRYPTION_KEY, |member| {
            member.write_all(key.expose().as_bytes()).map_err(BackupError::Write)
        })?);
    }
    let manifest = Manifest {
        format: FORMAT.into(),
        format_version: FORMAT_VERSION,
        program_version: env!("CARGO_PKG_VERSION").into(),
        schema_version: schema.version,
        engine: facts.engine.into(),
        created_at: facts.created_at.to_string(),
        app_url: facts.app_url.into(),
        members,
    };
    write_member(zip, MANIFEST, |member| {
        let done = serde_json::to_writer_pretty(&mut *member, &manifest).map_err(io::Error::from);
        done.and_then(|()| member.write_all(b"\n")).map_err(BackupError::Write)
    })?;
    Ok(manifest)
}

fn write_table<W: Write + io::Seek>(
    tx: &mut Tx<'_>,
    table: &Table,
    zip: &mut ZipWriter<W>,
    progress: &dyn Progress,
) -> Result<Member, BackupError> {
    let mut counter = Counter::new(progress);
    let mut line = Vec::new();
    let mut member = write_member(zip, &member_of(&table.name), |member| {
        tx.each_row(table, |values| {
            line.clear();
            row::encode(&mut line, values).map_err(BackupError::Write)?;
            counter.count();
            member.write_all(&line).map_err(BackupError::Write)
        })
    })?;
    member.columns = table.columns.iter().map(|column| column.name.clone()).collect();
    member.rows = Some(counter.finish());
    Ok(member)
}

fn write_member<W: Write + io::Seek>(
    zip: &mut ZipWriter<W>,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<(), BackupError>,
) -> Result<Member, BackupError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(LEVEL))
        .unix_permissions(0o600)
        // The size is not known before the end, so allow more than 4 GiB.
        .large_file(true);
    zip.start_file(name, options).map_err(failure)?;
    let measured = Measured { inner: zip, size: 0, digest: Digesting::new() };
    let mut member = BufWriter::with_capacity(BUFFER, measured);
    write(&mut member)?;
    let measured = member.into_inner().map_err(|error| BackupError::Write(error.into_error()))?;
    Ok(Member {
        name: name.into(),
        size: measured.size,
        sha256: measured.digest.finish().hex(),
        columns: Vec::new(),
        rows: None,
    })
}

fn failure(error: ZipError) -> BackupError {
    BackupError::Write(error.into())
}

/// A sink that discards all output once a backup has failed. A dropped `ZipWriter` still writes the
/// end of the archive, and prints to standard error, in the middle of the log, if it cannot.
struct Abandonable<'a, W> {
    inner: W,
    is_abandoned: &'a Cell<bool>,
}

impl<W> Abandonable<'_, W> {
    fn unless_abandoned<T>(
        &mut self,
        done: T,
        work: impl FnOnce(&mut W) -> io::Result<T>,
    ) -> io::Result<T> {
        if self.is_abandoned.get() {
            return Ok(done);
        }
        work(&mut self.inner).inspect_err(|error| {
            self.is_abandoned.set(error.kind() != io::ErrorKind::Interrupted);
        })
    }
}

impl<W: Write> Write for Abandonable<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_abandoned(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_abandoned((), |inner| inner.flush())
    }
}

/// Measures the size and the digest of the bytes written.
struct Measured<W> {
    inner: W,
    size: u64,
    digest: Digesting,
}

impl<W: Write> Write for Measured<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.size += written as u64;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
