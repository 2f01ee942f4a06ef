//! Downloads the file with the locations when it is missing or old (Pocket ID 2.14).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, BufWriter, Seek as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};
use url::Url;

use super::{
    archive,
    fetch::{FetchBounds, FetchError, fetch},
};
use crate::{
    crypto::Digesting,
    geography::{GeoDatabase, GeoDatabaseFault, MAX_GEO_DATABASE},
    model::Timestamp,
    outbound::Outbound,
    server::App,
    store::file_system::{beside, folder_of},
};

/// The age at which the file is downloaded again, in seconds (Pocket ID 2.14).
const MAX_AGE: i64 = 14 * 86_400;
/// How often the age is looked at.
const INTERVAL: Duration = Duration::from_secs(3_600);
/// The wait after a failure: MaxMind allows 30 downloads a day.
const AFTER_FAILURE: Duration = Duration::from_secs(2 * 3_600);
/// The bounds of the whole download.
const WHOLE: FetchBounds =
    FetchBounds { size: MAX_GEO_DATABASE, time: Duration::from_secs(15 * 60) };
/// The bounds of a checksum with its file name.
const CHECKSUM: FetchBounds = FetchBounds { size: 4_096, time: Duration::from_secs(60) };

/// Why there is no newer file.
#[derive(Debug, thiserror::Error)]
enum DownloadFault {
    /// The checksum is another one.
    #[error("the download is damaged: its checksum is not the one that the server tells")]
    Checksum,
    /// It was not downloaded.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The download is no such file.
    #[error("the download {0}")]
    Geography(#[from] GeoDatabaseFault),
    /// It cannot be unpacked or stored.
    #[error("cannot store the download: {0}")]
    Io(#[from] io::Error),
}

/// Keeps the file up to date until the task is aborted. Ends at once where nothing is downloaded.
pub(in crate::server) async fn run(app: Arc<App>) {
    let Some(address) = app.settings().location.download.clone() else { return };
    loop {
        let pause = match update(&app, address.expose()).await {
            Ok(()) => INTERVAL,
            Err(fault) => {
                let path = app.geography().path().display();
                tracing::warn!(
                    "could not download {path}: {fault}; countries and cities are as the present \
                     file has them, and the next attempt is in two hours"
                );
                AFTER_FAILURE
            }
        };
        tokio::time::sleep(pause).await;
    }
}

/// Downloads the file if it is missing or old, unless another server with the same disk does so.
async fn update(app: &Arc<App>, address: &str) -> Result<(), DownloadFault> {
    let path = app.geography().path().to_owned();
    if !is_old(&path, app.now()) {
        return Ok(());
    }
    let folder = File::open(folder_of(&path))?;
    // Released when the folder is closed. A disk without locks has its own servers only, as a rule.
    if flock(&folder, FlockOperation::NonBlockingLockExclusive)
        == Err(rustix::io::Errno::WOULDBLOCK)
    {
        return Ok(());
    }
    let parts = Parts::of(&path);
    let result = download(app.outbound(), address, &parts).await;
    parts.remove();
    drop(folder);
    let kind = result?;
    app.geography().forget();
    tracing::info!(path = %path.display(), kind, "downloaded the locations of addresses");
    Ok(())
}

/// Whether the file is missing or was written long ago.
fn is_old(path: &Path, now: Timestamp) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let written = path.metadata().map(|file| file.mtime());
    written.map_or(true, |at| now.seconds_since(Timestamp::from_unix(at)) >= MAX_AGE)
}

/// The files of a download.
struct Parts {
    path: PathBuf,
    archive: PathBuf,
    unpacked: PathBuf,
}

impl Parts {
    fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            archive: beside(path, ".download"),
            unpacked: beside(path, ".new"),
        }
    }

    /// Removes the remains of a download.
    fn remove(&self) {
        for part in [&self.archive, &self.unpacked] {
            drop(fs::remove_file(part));
        }
    }
}

/// Returns the kind of the new file.
async fn download(
    outbound: &Outbound,
    address: &str,
    parts: &Parts,
) -> Result<String, DownloadFault> {
    let url = Url::parse(address).map_err(|_| FetchError::Address)?;
    parts.remove();
    let mut archive = create(&parts.archive)?;
    fetch(outbound, &url, &mut archive, WHOLE).await?;
    let expected = checksum(outbound, &url, &parts.unpacked).await?;
    let parts = Parts::of(&parts.path);
    let unpack = move || unpack(&archive, expected.as_deref(), &parts);
    tokio::task::spawn_blocking(unpack).await.map_err(io::Error::other)?
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create_new(true).mode(0o640).open(path)
}

/// The checksum that the server tells, in hexadecimal digits, if it tells one: MaxMind does.
async fn checksum(
    outbound: &Outbound,
    url: &Url,
    path: &Path,
) -> Result<Option<String>, DownloadFault> {
    const SUFFIX: &str = "suffix=tar.gz";
    if !url.query().is_some_and(|query| query.split('&').any(|pair| pair == SUFFIX)) {
        return Ok(None);
    }
    let query = url.query().unwrap_or_default().replace(SUFFIX, "suffix=tar.gz.sha256");
    let mut of_checksum = url.clone();
    of_checksum.set_query(Some(&query));
    let mut file = create(path)?;
    let fetched = fetch(outbound, &of_checksum, &mut file, CHECKSUM).await;
    let text = fs::read(path)?;
    fs::remove_file(path)?;
    match fetched {
        Ok(()) => {
            let text = String::from_utf8_lossy(&text);
            Ok(text.split_whitespace().next().map(str::to_lowercase))
        }
        Err(FetchError::Status { status: 404, .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Hashes all bytes that are written to it.
struct DigestWriter(Digesting);

impl io::Write for DigestWriter {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Unpacks the file, proves it, and puts it in place.
fn unpack(
    mut archive: &File,
    expected: Option<&str>,
    parts: &Parts,
) -> Result<String, DownloadFault> {
    if let Some(expected) = expected {
        archive.rewind()?;
        let mut digesting = DigestWriter(Digesting::new());
        io::copy(&mut archive, &mut digesting)?;
        if digesting.0.finish().hex() != expected {
            return Err(DownloadFault::Checksum);
        }
    }
    archive.rewind()?;
    let mut out = BufWriter::new(create(&parts.unpacked)?);
    archive::extract(BufReader::new(archive), &mut out)?;
    out.flush()?;
    let out = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.sync_all()?;
    let kind = GeoDatabase::read(&parts.unpacked)?.kind();
    fs::rename(&parts.unpacked, &parts.path)?;
    File::open(folder_of(&parts.path))?.sync_all()?;
    Ok(kind)
}
