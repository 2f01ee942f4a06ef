//! Waits that end soon where all is well, and fail the test where nothing comes: the machine may be slow, and
//! a program that hangs must not hold up the other tests.

use std::{
    io::{BufRead as _, BufReader, Read},
    process::{Child, Command, Output, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

/// How long anything may take. Only a fault takes so long, on the slowest machine, too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Waits until something is so.
#[track_caller]
pub(crate) fn wait_until(is_so: impl FnMut() -> bool) {
    wait_for("it", is_so);
}

/// Waits until something is so; the failure says what did not come.
#[track_caller]
pub(crate) fn wait_for(what: &str, mut is_so: impl FnMut() -> bool) {
    wait_for_some(what, || is_so().then_some(()));
}

/// Waits until something is there.
#[track_caller]
pub(crate) fn wait_for_some<T>(what: &str, find: impl FnMut() -> Option<T>) -> T {
    found_in_time(find).unwrap_or_else(|| panic!("{what} did not come"))
}

/// Whether something is so in time, where a test has to clean up before it fails.
pub(crate) fn comes(mut is_so: impl FnMut() -> bool) -> bool {
    found_in_time(|| is_so().then_some(())).is_some()
}

fn found_in_time<T>(mut find: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        // The last look comes after the deadline, so that a pause of the machine is not taken for a fault.
        let is_late = Instant::now() >= deadline;
        let found = find();
        if found.is_some() || is_late {
            return found;
        }
        thread::sleep(PAUSE);
    }
}

/// Runs a program without input to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Output {
    run_within(PATIENCE, command)
}

/// The same for a program that takes longer.
#[track_caller]
pub(crate) fn run_within(limit: Duration, command: &mut Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().unwrap_or_else(|error| {
        panic!("cannot start {command:?}: {error}. `tests/setup.sh` installs it.")
    });
    ended_within(limit, child)
}

/// Waits for the end of a program, and takes what is left of its output.
#[track_caller]
pub(crate) fn ended(child: Child) -> Output {
    ended_within(PATIENCE, child)
}

/// The same for a program that takes longer. It is killed when its time is over, and the test fails.
#[track_caller]
pub(crate) fn ended_within(limit: Duration, mut child: Child) -> Output {
    drop(child.stdin.take());
    let (stdout, stderr) = (child.stdout.take().map(rest_of), child.stderr.take().map(rest_of));
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child of this process") {
            break Some(status);
        }
        if Instant::now() >= deadline {
            drop(child.kill());
            drop(child.wait());
            break None;
        }
        thread::sleep(Duration::from_millis(5));
    };
    // A process that it left behind may hold its output open.
    let read = |output: Option<Receiver<Vec<u8>>>| {
        output.and_then(|output| output.recv_timeout(PATIENCE).ok()).unwrap_or_default()
    };
    let (stdout, stderr) = (read(stdout), read(stderr));
    let said =
        || [stdout.as_slice(), &stderr].map(|text| String::from_utf8_lossy(text).into_owned());
    let status = status.unwrap_or_else(|| panic!("it did not end within {limit:?}: {:?}", said()));
    Output { status, stdout, stderr }
}

fn rest_of(mut output: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut read = Vec::new();
        // What came before a fault is of use, too.
        drop(output.read_to_end(&mut read));
        drop(sender.send(read));
    });
    receiver
}

/// A program that said nothing for too long.
#[derive(Debug)]
pub(crate) struct Silent;

/// The lines that a program writes, as they come.
pub(crate) struct Lines(Receiver<String>);

impl Lines {
    /// Reads them until the output ends.
    pub(crate) fn of(output: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(receiver)
    }

    /// The next one; `None` at the end of the output.
    pub(crate) fn next(&self) -> Result<Option<String>, Silent> {
        match self.0.recv_timeout(PATIENCE) {
            Ok(line) => Ok(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Ok(None),
            Err(RecvTimeoutError::Timeout) => Err(Silent),
        }
    }
}
