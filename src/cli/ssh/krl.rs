//! `pocketid ssh krl`

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    super::{context::Context, error::CliError, ttl::Ttl},
    issuer::{IssuerOption, unreachable},
};
use crate::{
    crypto::ssh::krl_version,
    model::Timestamp,
    operations::ssh::{SshRefusal, certificates::revoked},
    outbound::{ApiRequest, Outbound, Reach},
};

/// The longest list, in bytes: a hundred thousand certificates take 800 KB.
const MAX_KRL: usize = 4 * 1024 * 1024;
/// How long an answer may take.
const TIME: Duration = Duration::from_secs(20);

/// How far the clock of the server may be ahead of that of this host, in seconds.
const MAX_AHEAD: i64 = 300;

const EXAMPLES: &str = "\
Examples:
  pocketid ssh krl --issuer https://id.example.com --write /etc/ssh/pocketid.krl
  pocketid ssh krl --issuer https://id.example.com --write /etc/ssh/pocketid.krl --max-age 1h";

/// Print or fetch the list of revoked certificates
///
/// With --issuer it is fetched from that server, on a host; without, it is read from the database of the server. --write
/// replaces the file in one step, and only with a whole list that is not older than the one that is there. Do not write it
/// with >: sshd takes an empty file for a list that revokes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Krl {
    #[command(flatten)]
    issuer: IssuerOption,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
    /// Write it also when the list that is there is newer, such as after the clock of the server was wrong
    #[arg(long, requires = "write")]
    force: bool,
    /// Succeed while the server is unreachable if the file is at most this old; exit with 1 otherwise
    #[arg(long, value_name = "TIME", requires = "write")]
    max_age: Option<Ttl>,
}

impl Krl {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        if self.write.is_none() && ctx.report().is_on_terminal() {
            return Err(CliError::usage("the list is not text, and standard output is a terminal")
                .hint("write it to a file: pocketid ssh krl --write FILE"));
        }
        let read = self.read(ctx);
        let Some(path) = &self.write else { return ctx.report().bytes(&read?) };
        let Some(max_age) = self.max_age else { return self.put(path, &read?) };
        match read {
            Ok(krl) => self.put(path, &krl)?,
            Err(error) if !is_young(path, max_age, ctx.clock().now()) => return Err(error),
            // A short outage of the server is no reason for an alarm.
            Err(error) => ctx.report().warn(error.message()),
        }
        if is_young(path, max_age, ctx.clock().now()) {
            return Ok(());
        }
        Err(CliError::refused(format!(
            "the list that is in {} is too old or from the future",
            path.display()
        ))
        .hint("compare the clocks of this host and of the server"))
    }

    fn read(&self, ctx: &Context) -> Result<Vec<u8>, CliError> {
        if self.issuer.is_given() {
            let url = self.issuer.issuer()?.url("/api/ssh/krl")?;
            let outbound = ctx.outbound()?;
            return ctx.wait(fetch(&outbound, &url))?;
        }
        let now = ctx.now();
        let list = ctx.existing_store()?.read_blocking(move |tx| revoked(tx, now))?;
        Ok(list.ok_or(SshRefusal::NotEnabled)?.to_krl(now))
    }

    /// Replaces the file. An older list would give back certificates that were revoked since.
    fn put(&self, path: &Path, krl: &[u8]) -> Result<(), CliError> {
        let is_older = krl_version(krl) < version_of(path);
        if is_older && !self.force {
            return Err(CliError::refused(format!(
                "the list that is in {} is newer",
                path.display()
            ))
            .hint("if the clock of the server was wrong when it was made: --force"));
        }
        replace(path, krl)
            .map_err(|error| CliError::refused(format!("cannot write {}: {error}", path.display())))
    }
}

/// The version of the list in a file, if there is one.
fn version_of(path: &Path) -> Option<u64> {
    let limit = u64::try_from(MAX_KRL).unwrap_or(u64::MAX);
    let mut krl = Vec::new();
    File::open(path).and_then(|file| file.take(limit).read_to_end(&mut krl)).ok()?;
    krl_version(&krl)
}

/// Whether the list in a file was made by the server within this time. One from the future is not young: it would hide for
/// as long that no list of the server replaces it.
fn is_young(path: &Path, max_age: Ttl, now: Timestamp) -> bool {
    let made_at = version_of(path).and_then(|version| i64::try_from(version).ok());
    let age = made_at.map(|at| now.seconds_since(Timestamp::from_unix(at)));
    age.is_some_and(|age| (-MAX_AHEAD..=max_age.seconds()).contains(&age))
}

async fn fetch(outbound: &Outbound, url: &url::Url) -> Result<Vec<u8>, CliError> {
    let request = ApiRequest { method: "GET", headers: &[], body: None, limit: MAX_KRL };
    let answer = outbound.call(url, Reach::Anywhere, TIME, request).await;
    let answer = answer.map_err(|error| unreachable(&error))?;
    if answer.status != 200 {
        return Err(CliError::refused(format!("{url} answers with status {}", answer.status))
            .hint("are SSH certificates enabled there? pocketid ssh enable"));
    }
    if krl_version(&answer.body).is_none() {
        return Err(CliError::refused(format!("{url} does not answer with a revocation list"))
            .hint("the old list stays in its place"));
    }
    Ok(answer.body.to_vec())
}

/// Replaces a file in one step: `sshd` sees the old list or the new one, and never a part, of which it
/// might take nothing as revoked.
fn replace(path: &Path, krl: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or_else(|| io::Error::other("it is not a file"))?;
    let mut beside = std::ffi::OsString::from(".");
    beside.push(name);
    beside.push(format!(".{}", std::process::id()));
    let beside = path.with_file_name(beside);
    let written = write_to(&beside, krl).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // Nothing of it is left; if that fails as well, the first error says why.
        drop(fs::remove_file(&beside));
        return written;
    }
    // The name has to reach the disk, too.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn write_to(path: &Path, krl: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    // Every user of the host may read the list.
    let mut file = options.write(true).create_new(true).mode(0o644).open(path)?;
    file.write_all(krl)?;
    file.sync_all()
}
