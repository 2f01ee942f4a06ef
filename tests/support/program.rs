//! A relying party that is a program of its own: it gets its settings on its standard input, and asks on
//! its standard output for the actions of its user's browser.

use std::{
    fs::File,
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use serde_json::{Value, json};

use super::{
    agent::Answer,
    flow::Person,
    op::TestOp,
    patience::{Lines, Silent},
};

/// A folder or file of `tests/relying_party`.
pub(crate) fn relying_party(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/relying_party").join(path)
}

/// A running program, which ends when it is dropped.
struct Program {
    process: Child,
    input: ChildStdin,
    lines: Lines,
    errors: File,
}

/// Runs a relying party to its end, and returns its result.
///
/// Lines of JSON go both ways. The first one to the program is `config`, with the issuer added. The
/// program may then say `{"visit": URL}` and be told where its user comes out, or `{"allow": USER_CODE}`
/// to have a device let in; `{"result": ...}` ends it.
#[track_caller]
pub(crate) fn run(command: Command, op: &TestOp, person: &mut Person, mut config: Value) -> Value {
    config["issuer"] = op.base_url().into();
    let mut program = Program::start(command);
    program.say(&config);
    loop {
        let mut message = program.listen();
        if let Some(url) = message["visit"].as_str() {
            let path = url.strip_prefix(op.base_url()).expect("an address of the provider");
            let answer = person.agent.get(path);
            program.say(&outcome(&person.walk(answer)));
        } else if let Some(user_code) = message["allow"].as_str() {
            program.say(&json!({ "status": person.verify_device(user_code).ok().status }));
        } else {
            return message["result"].take();
        }
    }
}

/// Where a browser comes out: at an address, or with a form that posts itself to one.
fn outcome(answer: &Answer) -> Value {
    match answer.location() {
        // A page that says why not.
        "" if answer.status >= 400 => json!({ "url": "", "status": answer.status }),
        "" => json!({ "url": answer.form_action(), "fields": answer.form_fields() }),
        location => json!({ "url": location }),
    }
}

impl Program {
    #[track_caller]
    fn start(mut command: Command) -> Self {
        let errors = tempfile::tempfile().expect("a file for its errors");
        let mut process = command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(errors.try_clone().expect("a second handle of the file"))
            .spawn()
            .unwrap_or_else(|error| {
                panic!("cannot start {command:?}: {error}. `tests/setup.sh` installs it.")
            });
        let input = process.stdin.take().expect("its input is a pipe");
        let lines = Lines::of(process.stdout.take().expect("its output is a pipe"));
        Self { process, input, lines, errors }
    }

    /// Ignores that a program has ended: its last output tells more.
    fn say(&mut self, message: &Value) {
        let _ = writeln!(self.input, "{message}");
    }

    #[track_caller]
    fn listen(&mut self) -> Value {
        let line = match self.lines.next() {
            Ok(Some(line)) => line,
            Ok(None) => self.fail("ended without a result"),
            Err(Silent) => self.fail("said nothing for too long"),
        };
        serde_json::from_str(&line).unwrap_or_else(|_| self.fail(&format!("said {line:?}")))
    }

    #[track_caller]
    fn fail(&mut self, reason: &str) -> ! {
        let mut errors = String::new();
        let _ = self.errors.rewind().and_then(|()| self.errors.read_to_string(&mut errors));
        panic!("the relying party {reason}:\n{errors}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
