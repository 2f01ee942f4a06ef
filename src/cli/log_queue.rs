//! An in-memory queue of log lines; one thread writes them to standard error.
//!
//! Logging never blocks and never fails, whatever the state of standard error: a full disk, a pipe
//! without a reader, a closed pipe. Lines that do not fit or cannot be written are counted, and the
//! log reports how many were lost once it can be written again.
//!
//! `tracing-appender` has a similar thread. It limits the number of lines, not bytes (128,000 lines
//! of any length), does not report lost lines, and cannot flush before a sudden exit.

use std::{
    io::{self, ErrorKind, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

/// The maximum number of queued bytes: some 4,000 lines.
const CAPACITY: usize = 1024 * 1024;
/// A buffer that grew beyond this is shrunk after it is written.
const KEPT_CAPACITY: usize = 64 * 1024;
/// How long the program waits for the last lines when it exits.
const FLUSH_TIME: Duration = Duration::from_secs(2);
/// The retry delay when standard error is non-blocking and its reader is behind.
const RETRY_TIME: Duration = Duration::from_millis(20);

/// The queue of this process, set once a server starts to log.
static QUEUE: OnceLock<Arc<LogQueue>> = OnceLock::new();

/// A queue of lines for standard error.
#[derive(Debug, Default)]
pub struct LogQueue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    text: Vec<u8>,
    lost: u64,
    is_writing: bool,
}

/// Starts the thread that writes to standard error, and returns its queue.
pub fn start() -> io::Result<Arc<LogQueue>> {
    let report = |lines| {
        tracing::warn!(
            lines,
            "lost log lines: standard error was not read, or could not be written"
        );
    };
    let queue = LogQueue::start(io::stderr(), report)?;
    Ok(Arc::clone(QUEUE.get_or_init(|| queue)))
}

/// Queues text for standard error, in order with the log lines. Returns `false` when the process
/// does not log and can write to standard error directly.
pub fn push(text: &str) -> bool {
    let queue = QUEUE.get();
    if let Some(queue) = queue {
        queue.push(text.as_bytes());
    }
    queue.is_some()
}

/// Waits until everything is written, up to a time limit: a stalled reader must not keep the
/// program from exiting.
pub fn flush() {
    if let Some(queue) = QUEUE.get() {
        queue.flush(FLUSH_TIME);
    }
}

impl LogQueue {
    /// Starts a thread that writes to `sink`, and that calls `report` with the number of lost lines
    /// once `sink` can be written to again.
    fn start(
        sink: impl Write + Send + 'static,
        report: impl Fn(u64) + Send + 'static,
    ) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self::default());
        let writer = Arc::clone(&queue);
        let thread = std::thread::Builder::new().name("log".into());
        thread.spawn(move || writer.write(Sink { sink, is_inside_a_line: false }, &report))?;
        Ok(queue)
    }

    fn push(&self, text: &[u8]) {
        let mut waiting = self.lock();
        if waiting.text.len() + text.len() > CAPACITY {
            waiting.lost += count_lines(text);
        } else {
            waiting.text.extend_from_slice(text);
        }
        drop(waiting);
        self.changed.notify_all();
    }

    fn flush(&self, time: Duration) {
        let is_busy = |waiting: &mut Waiting| waiting.is_writing || !waiting.text.is_empty();
        // A timeout is ignored: the program exits either way.
        drop(self.changed.wait_timeout_while(self.lock(), time, is_busy));
    }

    /// Writes queued lines in an endless loop.
    fn write(&self, mut sink: Sink<impl Write>, report: &impl Fn(u64)) {
        let mut batch = Vec::new();
        loop {
            self.take(&mut batch);
            let unwritten = sink.write_lines(&batch);
            let lost = self.count_lost(unwritten);
            if lost > 0 {
                report(lost);
            }
            batch.clear();
            batch.shrink_to(KEPT_CAPACITY);
            self.lock().is_writing = false;
            self.changed.notify_all();
        }
    }

    /// Waits for text, and takes all of it.
    fn take(&self, batch: &mut Vec<u8>) {
        let is_empty = |waiting: &mut Waiting| waiting.text.is_empty();
        let waiting = self.changed.wait_while(self.lock(), is_empty);
        let mut waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        waiting.is_writing = true;
        std::mem::swap(&mut waiting.text, batch);
    }

    /// Adds the unwritten lines to the lost ones. After a complete write, returns the total and
    /// resets it, since it can be reported now.
    fn count_lost(&self, unwritten: u64) -> u64 {
        let mut waiting = self.lock();
        waiting.lost += unwritten;
        match unwritten {
            0 => std::mem::take(&mut waiting.lost),
            _ => 0,
        }
    }

    /// Ignores poisoning: no code panics while it holds the lock, and the log must go on in any
    /// case.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `tracing` writes each line with a single call.
impl Write for &LogQueue {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.push(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Sink<W> {
    sink: W,
    is_inside_a_line: bool,
}

impl<W: Write> Sink<W> {
    /// Writes whole lines; returns the number of unwritten lines.
    fn write_lines(&mut self, text: &[u8]) -> u64 {
        // Ends a line that was cut off by a full disk, so that the next one starts cleanly.
        if self.is_inside_a_line {
            match self.write_all(b"\n") {
                0 => return count_lines(text),
                _ => self.is_inside_a_line = false,
            }
        }
        let written = self.write_all(text);
        if written > 0 {
            self.is_inside_a_line = text[written - 1] != b'\n';
        }
        count_lines(&text[written..])
    }

    /// Returns the number of bytes written before an error.
    fn write_all(&mut self, text: &[u8]) -> usize {
        let mut written = 0;
        while written < text.len() {
            match self.sink.write(&text[written..]) {
                Ok(0) => break,
                Ok(count) => written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    std::thread::sleep(RETRY_TIME);
                }
                Err(_) => break,
            }
        }
        written
    }
}

fn count_lines(text: &[u8]) -> u64 {
    text.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// Writes as ordered by the test, and sends back the written bytes.
    struct Told {
        orders: Receiver<io::Result<usize>>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Told {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            let Ok(order) = self.orders.recv() else { return Err(ErrorKind::BrokenPipe.into()) };
            let count = order?.min(text.len());
            drop(self.written.send(text[..count].to_vec()));
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Bench {
        queue: Arc<LogQueue>,
        orders: Sender<io::Result<usize>>,
        written: Receiver<Vec<u8>>,
        lost: Receiver<u64>,
    }

    impl Bench {
        fn start() -> Self {
            let ((orders, told), (show, written), (report, lost)) =
                (channel(), channel(), channel());
            let sink = Told { orders: told, written: show };
            let queue = LogQueue::start(sink, move |lines| report.send(lines).unwrap()).unwrap();
            Self { queue, orders, written, lost }
        }

        fn order(&self, order: io::Result<usize>) {
            self.orders.send(order).unwrap();
        }

        fn written(&self) -> String {
            String::from_utf8(self.written.recv_timeout(PATIENCE).unwrap()).unwrap()
        }
    }

    #[test]
    fn a_reader_that_stands_still_stalls_nobody_and_is_told_what_it_missed() {
        let bench = Bench::start();
        let line = format!("{}\n", "x".repeat(1_023));
        // Nothing is written yet: the writer waits for its first order.
        for _ in 0..5_000 {
            bench.queue.push(line.as_bytes());
        }
        assert!(bench.queue.lock().text.len() <= CAPACITY);
        bench.queue.flush(Duration::from_millis(1));
        for _ in 0..5_000 {
            bench.order(Ok(usize::MAX));
        }

        let lost = bench.lost.recv_timeout(PATIENCE).unwrap();

        bench.queue.flush(PATIENCE);
        let written: u64 = bench.written.try_iter().map(|text| count_lines(&text)).sum();
        assert!(lost > 0 && written + lost >= 5_000, "{written} written, {lost} lost");
    }

    #[test]
    fn a_disk_that_was_full_costs_the_lines_of_that_time_only() {
        let bench = Bench::start();
        bench.order(Ok(3));
        bench.order(Err(ErrorKind::StorageFull.into()));
        bench.queue.push(b"first\n");
        assert_eq!(bench.written(), "fir");
        bench.queue.flush(PATIENCE);
        bench.order(Ok(usize::MAX));
        bench.order(Ok(usize::MAX));

        bench.queue.push(b"second\n");

        assert_eq!((bench.written(), bench.written()), ("\n".into(), "second\n".into()));
        assert_eq!(bench.lost.recv_timeout(PATIENCE), Ok(1));
    }

    #[test]
    fn what_is_interrupted_or_late_is_written_all_the_same() {
        let bench = Bench::start();
        bench.order(Err(ErrorKind::Interrupted.into()));
        bench.order(Err(ErrorKind::WouldBlock.into()));
        bench.order(Ok(usize::MAX));
        bench.queue.push(b"line\n");
        assert_eq!(bench.written(), "line\n");
        assert!(bench.lost.try_recv().is_err());
    }
}
