//! A real server of S3 over TLS, with a certificate that only its own authority vouches for.

use std::{fs, path::PathBuf, process::Command};

use tempfile::TempDir;

use super::{
    authority::{new_authority, new_certificate},
    daemon::Daemon,
    ports::free_port,
    s3::{BUCKET, KEY_ID, REGION, SECRET},
};

/// Where `tests/setup.sh` puts the program.
const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/versitygw/versitygw");

/// A running versitygw with one bucket. It ends when it is dropped.
pub(crate) struct Versity {
    daemon: Daemon,
    port: u16,
}

impl Versity {
    pub(crate) fn start() -> Self {
        let (folder, port) = (TempDir::new().expect("a temporary folder"), free_port());
        let at = |name: &str| folder.path().join(name);
        for name in ["buckets", "attributes"] {
            fs::create_dir(at(name)).expect("a folder");
        }
        fs::create_dir(at("buckets").join(BUCKET)).expect("a bucket");
        new_authority(folder.path(), "ca");
        new_authority(folder.path(), "other");
        new_certificate(folder.path(), "ca", "IP:127.0.0.1");
        let mut command = Command::new(PROGRAM);
        command
            .env_clear()
            .args(["--port", &format!("127.0.0.1:{port}"), "--region", REGION, "--quiet"])
            .args(["--access", KEY_ID, "--secret", SECRET])
            .arg("--cert")
            .arg(at("server.pem"))
            .arg("--key")
            .arg(at("server.key"))
            .args(["posix", "--sidecar"])
            .args([at("attributes"), at("buckets")]);
        Self { daemon: Daemon::start(&mut command, folder, port), port }
    }

    /// The variables that lead to its bucket, the certificate of its authority among them.
    pub(crate) fn settings(&self) -> [(&'static str, String); 6] {
        [
            ("S3_ENDPOINT", format!("https://127.0.0.1:{}", self.port)),
            ("S3_REGION", REGION.to_owned()),
            ("S3_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("S3_SECRET_ACCESS_KEY", SECRET.to_owned()),
            ("S3_FORCE_PATH_STYLE", "true".to_owned()),
            ("S3_CA_FILE", self.authority().display().to_string()),
        ]
    }

    /// The certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.daemon.folder().join("ca.pem")
    }

    /// The certificate of another authority.
    pub(crate) fn other_authority(&self) -> PathBuf {
        self.daemon.folder().join("other.pem")
    }

    /// The names of the objects whose names begin with this folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.bucket().join(folder)).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().into_string().expect("a plain name")).collect();
        names.sort();
        names
    }

    /// The file of an object.
    pub(crate) fn object(&self, key: &str) -> PathBuf {
        self.bucket().join(key)
    }

    /// How many uploads in parts were begun, and neither completed nor aborted.
    pub(crate) fn parts_left(&self) -> usize {
        let begun = fs::read_dir(self.bucket().join(".sgwtmp/multipart"));
        begun.into_iter().flatten().flatten().count()
    }

    fn bucket(&self) -> PathBuf {
        self.daemon.folder().join("buckets").join(BUCKET)
    }
}
