//! `pocketid ssh krl`

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    super::{context::Context, error::CliError},
    issuer::{IssuerOption, unreachable},
};
use crate::{
    crypto::ssh::is_krl,
    operations::{Refusal, ssh::certificates::revoked},
    outbound::{ApiRequest, Outbound, Reach},
};

/// The longest list, in bytes: a hundred thousand certificates take 800 KB.
const MAX_KRL: usize = 4 * 1024 * 1024;
/// How long an answer may take.
const TIME: Duration = Duration::from_secs(20);

const EXAMPLES: &str = "\
Examples:
  pocketid ssh krl --issuer https://id.example.com --write /etc/ssh/pocketid.krl
  pocketid ssh krl > pocketid.krl";

/// Print or fetch the list of revoked certificates
///
/// With --issuer it is fetched from that server, on a host; without, it is read from the database of the server. --write
/// replaces the file at once, and only with a whole list: sshd with a broken one refuses every sign-in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Krl {
    #[command(flatten)]
    issuer: IssuerOption,
    /// Write it to this file
    #[arg(long, value_name = "FILE")]
    write: Option<PathBuf>,
}

impl Krl {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let krl = if self.issuer.is_given() {
            let url = self.issuer.issuer()?.url("/api/ssh/krl")?;
            let outbound = ctx.outbound()?;
            ctx.wait(fetch(&outbound, &url))??
        } else {
            let now = ctx.now();
            let list = ctx.existing_store()?.read_blocking(move |tx| revoked(tx, now))?;
            list.ok_or(Refusal::SshNotEnabled)?.to_krl(now)
        };
        match &self.write {
            None => ctx.report().bytes(&krl),
            Some(path) => replace(path, &krl).map_err(|error| {
                CliError::refused(format!("cannot write {}: {error}", path.display()))
            }),
        }
    }
}

async fn fetch(outbound: &Outbound, url: &url::Url) -> Result<Vec<u8>, CliError> {
    let request = ApiRequest { method: "GET", headers: &[], body: None, limit: MAX_KRL };
    let answer = outbound.call(url, Reach::Anywhere, TIME, request).await;
    let answer = answer.map_err(|error| unreachable(&error))?;
    if answer.status != 200 {
        return Err(CliError::refused(format!("{url} answers with status {}", answer.status))
            .hint("are SSH certificates enabled there? pocketid ssh enable"));
    }
    if !is_krl(&answer.body) {
        return Err(CliError::refused(format!("{url} does not answer with a revocation list"))
            .hint("the old list stays in its place"));
    }
    Ok(answer.body.to_vec())
}

/// Replaces a file in one step: `sshd` sees the old list or the new one, and never a part.
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
