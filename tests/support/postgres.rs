//! A PostgreSQL of the tests' own: a cluster in a temporary folder, gone when they are.

use std::{
    env, fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use pocketid::store::Store;
use postgres::{Client, NoTls};
use tempfile::TempDir;

use super::{
    patience::{ended, run, wait_for},
    ports::free_port,
};

static CLUSTER: LazyLock<Cluster> = LazyLock::new(Cluster::start);
static DATABASES: AtomicUsize = AtomicUsize::new(0);
/// The name of a database with the tables of the program, and nothing in them.
static TABLES: LazyLock<&str> = LazyLock::new(|| {
    let database = CLUSTER.new_database("tables").parse().expect("an address");
    drop(Store::open(&database).expect("the tables"));
    "tables"
});

/// Whether the tests are to run on PostgreSQL: the variable `POCKETID_TEST_ENGINE` says so.
pub(crate) fn is_wanted() -> bool {
    env::var("POCKETID_TEST_ENGINE").is_ok_and(|engine| engine == "postgres")
}

/// An empty database, as its address.
pub(crate) fn new_database() -> String {
    CLUSTER.new_database(&next_name())
}

/// A database as the first start finds it after it made its tables, which take twice the time of a copy.
pub(crate) fn new_tables() -> String {
    CLUSTER.copy_database(&TABLES, &next_name())
}

fn next_name() -> String {
    format!("test{}", DATABASES.fetch_add(1, Ordering::SeqCst))
}

/// A server of PostgreSQL, with all that it keeps in a temporary folder.
pub(crate) struct Cluster {
    port: u16,
    folder: PathBuf,
    /// Stops the server when its input ends, as it does with this process, however that ends.
    _keeper: Child,
}

impl Cluster {
    /// Makes a cluster and starts it.
    pub(crate) fn start() -> Self {
        // Its data need not survive a crash, and its thousand databases are not worth tidying.
        Self::start_with(&["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "autovacuum=off"])
    }

    /// A cluster with these options.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let cluster = Self::prepare().run(options);
        cluster.wait_until_it_answers();
        cluster
    }

    /// A cluster with rules of its own on sign-ins (`pg_hba.conf`).
    pub(crate) fn start_with_rules(rules: &str) -> Self {
        let prepared = Self::prepare();
        fs::write(prepared.folder.join("data/pg_hba.conf"), rules).expect("rules");
        let cluster = prepared.run(&["-c", "fsync=off"]);
        cluster.wait_until_it_answers();
        cluster
    }

    /// A cluster that only speaks TLS, with an untrusted certificate. It is starting.
    pub(crate) fn start_with_tls() -> Self {
        let prepared = Self::prepare();
        let data = prepared.folder.join("data");
        let mut openssl = as_postgres("openssl");
        openssl
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
            ])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout"])
            .arg(data.join("server.key"))
            .arg("-out")
            .arg(data.join("server.crt"));
        let made = run(&mut openssl);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::write(data.join("pg_hba.conf"), "hostssl all all 127.0.0.1/32 trust\n")
            .expect("a rule");
        prepared.run(&["-c", "fsync=off", "-c", "ssl=on"])
    }

    fn prepare() -> Prepared {
        // Left for the keeper to remove: a value in a static here is never dropped.
        let folder = TempDir::new().expect("a temporary folder").keep();
        let data = folder.join("data");
        give_to_postgres(&folder);
        let mut initdb = as_postgres(&program("initdb"));
        initdb
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync", "-D"])
            .arg(&data);
        let initdb = run(&mut initdb);
        assert!(initdb.status.success(), "{}", String::from_utf8_lossy(&initdb.stderr));
        Prepared { folder }
    }
}

/// A cluster that was not started yet.
struct Prepared {
    folder: PathBuf,
}

impl Prepared {
    fn run(self, options: &[&str]) -> Cluster {
        let folder = self.folder;
        let port = free_port();
        let script = "\"$@\" >/dev/null 2>&1 & read -r _; kill -INT $! 2>/dev/null; wait $!; rm -rf \"$FOLDER\"";
        let keeper = as_postgres("sh")
            .args(["-c", script, "sh", &program("postgres"), "-D"])
            .arg(folder.join("data"))
            .args(options)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-k"])
            .arg(&folder)
            .args(["-c", "max_connections=400"])
            .env("FOLDER", &folder)
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .spawn()
            .expect("a shell");
        Cluster { port, folder, _keeper: keeper }
    }
}

/// A connection that finds the tables of the program by their names, wherever they are.
pub(crate) fn connect(address: &str) -> Client {
    let mut client = Client::connect(address, NoTls).expect("the database");
    client.batch_execute("SET search_path = pocketid, public").expect("a search path");
    client
}

impl Cluster {
    /// The port that it listens at.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The folder in which its socket is, and the folder of its data.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Runs statements as the superuser.
    pub(crate) fn execute(&self, database: &str, sql: &str) {
        let mut client = connect(&self.address(database));
        client.batch_execute(sql).expect("a statement");
    }

    /// Queries a number as the superuser.
    pub(crate) fn number(&self, database: &str, sql: &str) -> i64 {
        let mut client = connect(&self.address(database));
        client.query_one(sql, &[]).expect("a row").get(0)
    }

    /// An empty database of this name, as its address.
    pub(crate) fn new_database(&self, name: &str) -> String {
        self.copy_database("template1", name)
    }

    fn copy_database(&self, from: &str, name: &str) -> String {
        let mut client = Client::connect(&self.address("postgres"), NoTls).expect("the cluster");
        let create = format!("CREATE DATABASE {name} TEMPLATE {from}");
        client.batch_execute(&create).expect("a new database");
        self.address(name)
    }

    /// Stops it at once, as a crash would.
    pub(crate) fn stop(&self) {
        let stopped = run(self.control().args(["stop", "-m", "immediate"]));
        assert!(stopped.status.success(), "{}", String::from_utf8_lossy(&stopped.stderr));
    }

    /// Starts it again.
    pub(crate) fn start_again(&self) {
        let options =
            format!("-p {} -c listen_addresses=127.0.0.1 -k {}", self.port, self.folder.display());
        let started = self
            .control()
            .args(["start", "-w", "-o", &options, "-l"])
            .arg(self.folder.join("log"))
            // PostgreSQL would keep them open.
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        assert!(ended(started.expect("pg_ctl")).status.success());
    }

    fn control(&self) -> Command {
        let mut command = as_postgres(&program("pg_ctl"));
        command.arg("-D").arg(self.folder.join("data")).current_dir(&self.folder);
        command
    }

    /// The address of a database in it.
    pub(crate) fn address(&self, database: &str) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{database}", self.port)
    }

    fn wait_until_it_answers(&self) {
        wait_for("PostgreSQL", || Client::connect(&self.address("postgres"), NoTls).is_ok());
    }
}

/// Lets the user that PostgreSQL runs as have a folder.
pub(crate) fn give_to_postgres(folder: &Path) {
    if is_root() {
        let done = Command::new("chown").arg("-R").arg("postgres").arg(folder).status();
        assert!(done.is_ok_and(|status| status.success()), "the user postgres is there");
    }
}

/// PostgreSQL refuses to run as root.
pub(crate) fn as_postgres(program: &str) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--init-groups", program]);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0)
}

/// Debian keeps the programs of each version in a folder that is not on the path.
fn program(name: &str) -> String {
    let folders = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let found: Option<PathBuf> = folders
        .map(|folder| folder.path().join("bin").join(name))
        .filter(|path| path.exists())
        .max();
    found.map_or_else(|| name.to_owned(), |path| path.to_str().expect("a plain path").to_owned())
}
