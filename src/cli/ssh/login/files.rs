//! Writes a key and its certificate to files, for machines without an agent.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use super::super::super::error::CliError;
use crate::crypto::ssh::{SshCertificate, SshKeyPair};

/// How the comment of our certificates begins, by which the files of an earlier sign-in are known. Certificates of
/// another authority may belong to the only key to something.
pub const COMMENT: &str = "pocketid ";

/// The path of the certificate, where `ssh -i` looks for it.
pub fn certificate_path(key: &Path) -> PathBuf {
    let mut name = OsString::from(key.as_os_str());
    name.push("-cert.pub");
    name.into()
}

/// Refuses to replace a file, unless it is a key with a certificate beside it, from an earlier
/// sign-in here.
pub fn refuse_foreign(path: &Path, key: &Path) -> Result<(), CliError> {
    if !path.exists() || has_certificate(key) {
        return Ok(());
    }
    Err(CliError::refused(format!(
        "{} exists already, and is not from an earlier sign-in",
        path.display()
    ))
    .hint("choose another --key-file, or move it away"))
}

fn has_certificate(key: &Path) -> bool {
    let mut text = String::new();
    let read = File::open(certificate_path(key))
        .and_then(|file| file.take(64 * 1024).read_to_string(&mut text));
    let comment = text.splitn(3, ' ').nth(2);
    read.is_ok() && comment.is_some_and(|comment| comment.starts_with(COMMENT))
}

/// Writes the private key for its owner only, and the certificate beside it.
pub fn write_files(
    path: &Path,
    key: &SshKeyPair,
    certificate: &SshCertificate,
    comment: &str,
) -> Result<(), CliError> {
    let private = key.private_file(comment);
    let words: Vec<_> = certificate.line.split(' ').take(2).collect();
    let line = format!("{} {comment}\n", words.join(" "));
    replace(path, private.as_bytes(), 0o600)
        .and_then(|()| replace(&certificate_path(path), line.as_bytes(), 0o644))
        .map_err(|error| CliError::refused(format!("cannot write {}: {error}", path.display())))
}

/// Replaces a file in one step, so that no other process sees it with another mode.
fn replace(path: &Path, contents: &[u8], mode: u32) -> io::Result<()> {
    let mut beside = OsString::from(path.as_os_str());
    beside.push(format!(".{}", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut options = OpenOptions::new();
    let file = options.write(true).create_new(true).mode(mode).open(&beside);
    let written = file.and_then(|mut file| {
        file.write_all(contents)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| fs::rename(&beside, path));
    if renamed.is_err() {
        drop(fs::remove_file(&beside));
    }
    renamed
}
