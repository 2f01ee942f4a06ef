//! A pool between the program and PostgreSQL, as providers put one there.

use std::{
    fs,
    net::TcpStream,
    process::{Child, Stdio},
};

use tempfile::TempDir;

use super::{
    ports::free_port,
    postgres::{Cluster, as_postgres, give_to_postgres},
    wait_for,
};

/// A running pgbouncer. It ends when it is dropped.
pub(crate) struct PgBouncer {
    port: u16,
    process: Child,
    _folder: TempDir,
}

impl PgBouncer {
    /// Starts one before a cluster. `mode` is `session`, `transaction` or `statement`.
    pub(crate) fn start(cluster: &Cluster, mode: &str, connections: usize) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let port = free_port();
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = {mode}\ndefault_pool_size = {connections}\n",
            cluster.port()
        );
        fs::write(folder.path().join("pgbouncer.ini"), settings).unwrap();
        give_to_postgres(folder.path());
        let process = as_postgres("/usr/sbin/pgbouncer")
            .arg(folder.path().join("pgbouncer.ini"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pgbouncer");
        let pool = Self { port, process, _folder: folder };
        wait_for("the start of pgbouncer", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        pool
    }

    /// The address of a database behind it.
    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
