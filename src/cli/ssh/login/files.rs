//! Writes a key and its certificate to files, for machines without an agent.

use std::{
    ffi::OsString,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::super::super::error::CliError;
use crate::crypto::ssh::{PrivateKeyFile, SshCertificate, SshKeyPair};

/// The longest file that may be one of ours, in bytes.
const MAX_FILE: u64 = 64 * 1024;

/// The path of the certificate, where `ssh -i` looks for it.
pub fn certificate_path(key: &Path) -> PathBuf {
    let mut name = OsString::from(key.as_os_str());
    name.push("-cert.pub");
    name.into()
}

/// Refuses a file in a folder that is not there.
pub fn refuse_missing_folder(key: &Path) -> Result<(), CliError> {
    let folder = key.parent().filter(|folder| !folder.as_os_str().is_empty());
    match folder {
        Some(folder) if !folder.is_dir() => Err(CliError::refused(format!(
            "cannot write {}: there is no folder {}",
            key.display(),
            folder.display()
        ))
        .hint("make the folder first, or choose another --key-file")),
        _ => Ok(()),
    }
}

/// Refuses to replace files, unless they are a key of an earlier sign-in at the same server and its
/// certificate: a key that is there may be the only one to something.
pub fn refuse_foreign(key: &Path, comment: &str) -> Result<(), CliError> {
    let certificate = certificate_path(key);
    if (!key.exists() && !certificate.exists()) || is_ours(key, &certificate, comment) {
        return Ok(());
    }
    let there = if key.exists() { key } else { &certificate };
    Err(CliError::refused(format!(
        "{} exists already, and is not from an earlier sign-in",
        there.display()
    ))
    .hint("choose another --key-file, or move it away"))
}

/// Whether the private key has the comment of our keys, and is the one that the certificate beside it
/// certifies.
fn is_ours(key: &Path, certificate: &Path, comment: &str) -> bool {
    let read = |path: &Path| {
        let mut text = Zeroizing::new(String::new());
        let file = File::open(path).ok()?;
        file.take(MAX_FILE).read_to_string(&mut text).ok()?;
        Some(text)
    };
    let certificate = read(certificate).and_then(|text| SshCertificate::parse(&text));
    let key = read(key).and_then(|text| PrivateKeyFile::read(&text));
    certificate.zip(key).is_some_and(|(certificate, key)| {
        key.comment == comment && key.public_key == certificate.public_key
    })
}

/// Writes the private key for its owner only, and the certificate beside it.
pub fn write_files(
    path: &Path,
    key: &SshKeyPair,
    certificate: &SshCertificate,
    comment: &str,
) -> Result<(), CliError> {
    // Again: another program may have put a key there during the sign-in.
    refuse_foreign(path, comment)?;
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
