//! The command line, run as its users run it: the real binary in a folder of its own.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    io::{Read as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    patience::{PATIENCE, ended, ended_within, run},
    postgres,
    server::Server,
    wait_for,
};

const BINARY: &str = env!("CARGO_BIN_EXE_pocketid");
/// [`PATIENCE`] as the program `timeout` takes it.
const PATIENCE_SECONDS: &str = "60";
/// The option of `timeout` for a program that does not end when it is asked to.
const KILL: &str = "--kill-after=10";
/// How long a script of many commands may take.
const SCRIPT_SECONDS: &str = "300";

/// A folder with its own database, and an environment with nothing of ours in it.
pub(crate) struct Cli {
    folder: TempDir,
    environment: BTreeMap<String, String>,
}

impl Cli {
    pub(crate) fn new() -> Self {
        let cli = Self { folder: TempDir::new().unwrap(), environment: BTreeMap::new() };
        cli.with("APP_URL", "https://id.example.com")
    }

    /// With a key of its own, and with the engine that the tests run on.
    pub(crate) fn on_the_engine_of_the_tests() -> Self {
        let cli = Self::new().with("ENCRYPTION_KEY", "an encryption key for tests");
        if postgres::is_wanted() {
            cli.with("DB_CONNECTION_STRING", &postgres::new_database())
        } else {
            cli
        }
    }

    /// With a database that holds nothing yet.
    pub(crate) fn with_empty_database(self) -> Self {
        std::fs::create_dir(self.path("data")).unwrap();
        let database = pocketid::model::Database::Sqlite(self.path("data/pocketid.db"));
        pocketid::store::Store::open(&database).unwrap();
        self
    }

    /// With a variable, or another value of it.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn command<S: AsRef<OsStr>>(&self, program: &str, args: &[S]) -> Command {
        let mut command = Command::new(program);
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .envs(&self.environment)
            .stdin(Stdio::null());
        command
    }

    /// Runs a command line, whose words are separated by spaces.
    pub(crate) fn run(&self, line: &str) -> Ran {
        self.run_args(&line.split_whitespace().collect::<Vec<_>>())
    }

    /// Runs a command line of words that may hold spaces.
    pub(crate) fn run_args(&self, args: &[&str]) -> Ran {
        Self::to_its_end(self.bounded(args))
    }

    /// Runs a program that `timeout` ends.
    fn to_its_end(mut bounded: Command) -> Ran {
        bounded.output().unwrap().into()
    }

    /// Starts a command line that goes on until it is killed.
    pub(crate) fn spawn(&self, line: &str) -> Child {
        let args: Vec<_> = line.split_whitespace().collect();
        let mut command = self.command(BINARY, &args);
        command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// The program with these arguments, and not for ever: a server that starts in place of a refusal would
    /// run without end.
    fn bounded(&self, args: &[&str]) -> Command {
        let mut command = self.command("timeout", &[KILL, PATIENCE_SECONDS, BINARY]);
        command.args(args);
        command
    }

    /// Runs a command line as a user whom file modes bind. They do not bind root, the user of tests in a
    /// container; so root gives up the power over them first.
    pub(crate) fn run_bound_by_modes(&self, line: &str) -> Ran {
        const POWER: &str = "-dac_override,-dac_read_search";
        let mut args = vec![KILL, PATIENCE_SECONDS];
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            args.extend(["setpriv", "--bounding-set", POWER, "--inh-caps", POWER]);
        }
        args.push(BINARY);
        args.extend(line.split_whitespace());
        Self::to_its_end(self.command("timeout", &args))
    }

    /// Runs a shell script that may mount anything, for itself; `$P` is the program.
    pub(crate) fn script(&self, script: &str) -> Ran {
        let mut args = vec![KILL, SCRIPT_SECONDS, "unshare", "--mount"];
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
            args.push("--map-root-user");
        }
        args.extend(["sh", "-c", script]);
        let mut command = self.command("timeout", &args);
        command.env("P", BINARY);
        Self::to_its_end(command)
    }

    /// Runs a line of a shell with the program on its PATH.
    pub(crate) fn shell(&self, line: &str) -> Ran {
        let programs = Path::new(BINARY).parent().unwrap().display();
        let mut command = self.command("timeout", &[KILL, SCRIPT_SECONDS, "sh", "-c", line]);
        command.env("PATH", format!("{programs}:/usr/bin:/bin"));
        Self::to_its_end(command)
    }

    /// Runs a command line on a terminal of a hundred columns, and types `keys`.
    pub(crate) fn run_on_terminal(&self, line: &str, keys: &str) -> Ran {
        self.run_on_terminal_of(100, line, keys)
    }

    /// The same on a terminal of so many columns.
    pub(crate) fn run_on_terminal_of(&self, columns: u16, line: &str, keys: &str) -> Ran {
        self.type_into(columns, &format!("'{BINARY}' {line}"), keys)
    }

    /// Runs a command line on a terminal, and answers each question once it is asked.
    pub(crate) fn answer_on_terminal(&self, line: &str, answers: &[(&str, &str)]) -> Ran {
        // The command says first where its terminal is.
        let mut child = self.on_terminal_after("tty; ", 100, &format!("'{BINARY}' {line}"));
        let (mut input, mut output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (mut shown, mut piece) = (String::new(), [0; 1_024]);
        let mut start = 0;
        for (question, answer) in answers {
            while !shown[start..].contains(question) {
                let read = output.read(&mut piece).unwrap();
                assert!(read > 0, "{question} is not asked: {shown}");
                shown += &String::from_utf8_lossy(&piece[..read]);
            }
            start = shown.len();
            let terminal = shown.lines().next().unwrap();
            // A terminal throws away input that comes before it is hidden.
            wait_for("the end of the echo", || !echoes(terminal));
            writeln!(input, "{answer}").unwrap();
        }
        output.read_to_string(&mut shown).unwrap();
        let shown = shown.split_once('\n').map_or_else(String::new, |(_, rest)| rest.to_owned());
        Ran { stdout: shown, ..ended(child).into() }
    }

    /// Runs another program on a terminal, and types `keys`.
    pub(crate) fn program_on_terminal(&self, line: &str, keys: &str) -> Ran {
        self.type_into(100, line, keys)
    }

    fn type_into(&self, columns: u16, line: &str, keys: &str) -> Ran {
        let mut child = self.on_terminal(columns, line);
        child.stdin.take().unwrap().write_all(keys.as_bytes()).unwrap();
        ended_within(2 * PATIENCE, child).into()
    }

    /// Runs a command line on a terminal until it asks this, and then presses Ctrl-C.
    pub(crate) fn interrupt_on_terminal(&self, line: &str, question: &str) -> Ran {
        let mut child = self.on_terminal(100, &format!("'{BINARY}' {line}"));
        let mut stdout = child.stdout.take().unwrap();
        let (mut printed, mut chunk) = (Vec::new(), [0; 256]);
        while !String::from_utf8_lossy(&printed).contains(question) {
            let length = stdout.read(&mut chunk).unwrap();
            assert!(length > 0, "it did not ask: {}", String::from_utf8_lossy(&printed));
            printed.extend(&chunk[..length]);
        }
        let mut keyboard = child.stdin.take().unwrap();
        keyboard.write_all(b"\x03").unwrap();
        stdout.read_to_end(&mut printed).unwrap();
        let ended = ended(child);
        drop(keyboard);
        Ran {
            code: ended.status.code(),
            stdout: String::from_utf8(printed).unwrap(),
            stderr: String::new(),
        }
    }

    fn on_terminal(&self, columns: u16, line: &str) -> Child {
        self.on_terminal_after("", columns, line)
    }

    fn on_terminal_after(&self, before: &str, columns: u16, line: &str) -> Child {
        let line = format!(
            "{before}stty cols {columns} rows 50; exec timeout --foreground {PATIENCE_SECONDS} {line}"
        );
        let mut command = self.command("script", &["-qec", &line, "/dev/null"]);
        command.env("TERM", "xterm").env("SHELL", "/bin/sh").stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs a command line whose reader goes away at once, as `head -0` does.
    pub(crate) fn run_unread(&self, line: &str) -> Ran {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let args: Vec<_> = line.split_whitespace().collect();
        let mut command = self.bounded(&args);
        command.stdout(writer);
        Self::to_its_end(command)
    }

    /// Starts the server at a free port, and waits until it listens.
    pub(crate) fn serve(&self) -> Server {
        self.serve_with("")
    }

    /// The same with more options.
    pub(crate) fn serve_with(&self, options: &str) -> Server {
        let mut args = vec!["serve", "--listen", "127.0.0.1:0"];
        args.extend(options.split_whitespace());
        Server::start(self.command(BINARY, &args))
    }

    /// Starts the server with its data on a disk of this size, in a mount that only the server sees.
    pub(crate) fn serve_on_disk_of(&self, size: &str) -> Server {
        std::fs::create_dir(self.path("data")).unwrap();
        let script = format!(
            "mount -t tmpfs -o size={size} none data && exec '{BINARY}' serve --listen 127.0.0.1:0"
        );
        let mut args = vec!["--mount"];
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() != 0) {
            args.push("--map-root-user");
        }
        args.extend(["sh", "-c", &script]);
        Server::start(self.command("unshare", &args))
    }

    /// The same at this port.
    pub(crate) fn serve_at(&self, port: u16) -> Server {
        Server::start(self.command(BINARY, &["serve", "--listen", &format!("127.0.0.1:{port}")]))
    }

    /// The same with a log that this test does not read, at a port that it chose.
    pub(crate) fn serve_logging_to(&self, port: u16, log: impl Into<Stdio>) -> Server {
        let mut command =
            self.command(BINARY, &["serve", "--listen", &format!("127.0.0.1:{port}")]);
        command.stderr(log);
        Server::start_at(port, command)
    }

    /// The audit log in alphabetical order: what happened, who did it, to whom.
    pub(crate) fn audit_log(&self) -> Vec<String> {
        const QUERY: &str = "
            SELECT a.kind || ' ' || a.actor || ' ' || COALESCE(u.username, '-')
              FROM audit_events a
              LEFT JOIN users u ON u.id = a.user_id
             ORDER BY 1";
        let database = self.database();
        let mut statement = database.prepare(QUERY).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// Runs statements in the database, whichever engine it has.
    pub(crate) fn execute(&self, sql: &str) {
        match self.environment.get("DB_CONNECTION_STRING") {
            Some(address) => postgres::connect(address).batch_execute(sql).unwrap(),
            None => self.database().execute_batch(sql).unwrap(),
        }
    }

    /// The database itself.
    pub(crate) fn database(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.path("data/pocketid.db")).unwrap()
    }
}

/// How a command ended, and its output.
#[must_use]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ran {
    /// The printed result, after a success without any message.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{}", self.stdout);
        self.stdout
    }

    /// Takes any success, whatever it printed.
    #[track_caller]
    pub(crate) fn expect_success(self) {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
    }

    /// Takes any failure of this kind.
    #[track_caller]
    pub(crate) fn expect_failure(self, code: i32) {
        assert_eq!((self.code, self.stdout.as_str()), (Some(code), ""), "{}", self.stderr);
        assert!(self.stderr.starts_with("error: "), "{}", self.stderr);
    }

    /// The result as JSON, without the parts that are new each time.
    #[track_caller]
    pub(crate) fn json(self) -> Value {
        serde_json::from_str(&redact(&self.ok())).unwrap()
    }

    /// Compares everything, without the parts that are new each time.
    #[track_caller]
    pub(crate) fn expect(self, code: i32, stdout: &str, stderr: &str) {
        let found = (self.code, redact(&self.stdout), redact(&self.stderr));
        assert_eq!(found, (Some(code), stdout.to_owned(), stderr.to_owned()));
    }

    /// Compares a refusal: nothing on standard output, and these lines on standard error.
    #[track_caller]
    pub(crate) fn refused(self, code: i32, lines: &[&str]) {
        let stderr: String = lines.iter().map(|line| format!("{line}\n")).collect();
        self.expect(code, "", &stderr);
    }
}

/// Puts words in the place of ids, moments, codes and secrets.
pub(crate) fn redact(text: &str) -> String {
    let text = without_tokens(text, "pocket_id_scim_");
    let text = without_tokens(&text, "pocket_id_reg_");
    let text = without_webhook_secrets(&text);
    let text = text.as_str();
    let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | ':');
    let code = text.split_once("/lc/").map_or("", |(_, rest)| {
        rest.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default()
    });
    let mut redacted = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_word) {
        let (before, from_word) = rest.split_at(start);
        let (word, after) =
            from_word.split_at(from_word.find(|c| !is_word(c)).unwrap_or(from_word.len()));
        redacted.push_str(before);
        redacted.push_str(if word == code { code_name(word) } else { redact_word(word) });
        rest = after;
    }
    redacted + rest
}

fn without_tokens(text: &str, start: &str) -> String {
    const LENGTH: usize = 64;
    let mut parts = text.split(start);
    let first = parts.next().unwrap_or_default().to_owned();
    let without = |part: &str| format!("{start}TOKEN{}", part.get(LENGTH..).unwrap_or_default());
    first + &parts.map(without).collect::<String>()
}

/// The secrets of webhooks are in Base64, which no word is.
fn without_webhook_secrets(text: &str) -> String {
    let mut parts = text.split("whsec_");
    let mut redacted = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| {
            c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')
        });
        redacted += "whsec_SECRET";
        redacted += rest;
    }
    redacted
}

fn code_name(code: &str) -> &'static str {
    if code.len() > 6 { "LONG-CODE" } else { "SHORT-CODE" }
}

fn redact_word(word: &str) -> &str {
    match word.len() {
        36 if uuid::Uuid::parse_str(word).is_ok() => "ID",
        20 if word.ends_with('Z') && word.contains('T') => "TIME",
        32 if word.chars().all(|c| c.is_ascii_alphanumeric()) => "SECRET",
        _ => word,
    }
}

/// Whether a terminal shows what is typed.
fn echoes(terminal: &str) -> bool {
    let settings = run(Command::new("stty").args(["-F", terminal, "-a"]));
    !String::from_utf8_lossy(&settings.stdout).split_whitespace().any(|setting| setting == "-echo")
}
