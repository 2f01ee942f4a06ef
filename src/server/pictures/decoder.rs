//! The server's side: starts the process, gives it the upload, and judges its answer.

use std::{
    io, mem,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use super::{super::turns::Turn, DECODE_PICTURE, ServerProgram};
use crate::model::ProfilePicture;

/// The exit code for an upload that is no picture (`cli/decode_picture.rs`). Other programs and
/// failures hardly ever have it.
const NO_PICTURE: i32 = 65;
/// How often the log tells of processes that failed. Any user can cause more failures.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// Decodes uploads in processes of their own.
#[derive(Debug)]
pub(in crate::server) struct PictureDecoder {
    program: ServerProgram,
    /// How long one process may take.
    time: Duration,
    failures: Mutex<Failures>,
}

/// The processes that failed.
#[derive(Debug, Default)]
struct Failures {
    /// How many of them the log has not told of.
    untold: u64,
    told_at: Option<Instant>,
}

impl Failures {
    /// Counts one. Returns the number of those to tell of now.
    fn count(&mut self, now: Instant) -> Option<u64> {
        self.untold += 1;
        let is_due = self.told_at.is_none_or(|at| now.duration_since(at) >= TELL_AGAIN);
        is_due.then(|| {
            self.told_at = Some(now);
            mem::take(&mut self.untold)
        })
    }
}

impl PictureDecoder {
    pub(in crate::server) fn new(program: ServerProgram, time: Duration) -> Arc<Self> {
        Arc::new(Self { program, time, failures: Mutex::default() })
    }

    /// Decodes an upload. `None` if it is not a picture that can be read within the bounds.
    ///
    /// The turn lasts until the process has ended, also when the request is gone before that.
    pub(in crate::server) async fn decode(
        self: &Arc<Self>,
        upload: Vec<u8>,
        turn: Turn,
    ) -> io::Result<Option<ProfilePicture>> {
        let decoder = Arc::clone(self);
        let work = tokio::spawn(async move {
            let _turn = turn;
            decoder.run(&upload).await
        });
        work.await.map_err(io::Error::other)?
    }

    /// Decodes an upload without a turn.
    pub(super) async fn run(&self, upload: &[u8]) -> io::Result<Option<ProfilePicture>> {
        let mut child = self.start()?;
        let Ok(ended) = timeout(self.time, converse(&mut child, upload)).await else {
            child.kill().await?;
            self.warn("it took too long");
            return Ok(None);
        };
        let (status, answer) = ended?;
        if status.code() == Some(NO_PICTURE) {
            return Ok(None);
        }
        let picture = ProfilePicture::from_decoded(answer).filter(|_| status.success());
        if picture.is_none() {
            self.warn(&status.to_string());
        }
        Ok(picture)
    }

    /// Starts the process. It inherits no variables, since there are secrets among them.
    fn start(&self) -> io::Result<Child> {
        Command::new(self.program.path()?)
            .arg0("pocketid")
            .arg(DECODE_PICTURE)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    }

    /// Logs that a process did not do its work, and how many before it did not.
    fn warn(&self, reason: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pictures) = failures.count(Instant::now()) {
            tracing::warn!(
                reason,
                pictures,
                "refused profile pictures, since the process that decoded them failed or was ended \
                 by its limits"
            );
        }
    }
}

/// Gives a process its input, reads its output, and waits for its end.
async fn converse(child: &mut Child, upload: &[u8]) -> io::Result<(ExitStatus, Vec<u8>)> {
    let mut input = child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let output = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
    let send = async move {
        // A process that ended before it read everything is judged by its status.
        let _ = input.write_all(upload).await;
    };
    let receive = async move {
        let mut answer = Vec::new();
        let longest = ProfilePicture::MAX_DECODED as u64 + 1;
        output.take(longest).read_to_end(&mut answer).await.map(|_| answer)
    };
    let ((), answer) = tokio::join!(send, receive);
    Ok((child.wait().await?, answer?))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;
    use crate::{
        model::UserId,
        server::turns::{Bounds, QueuePlace, Turns, Whom},
    };

    /// Longer than any script takes that ends by itself.
    const TIME: Duration = Duration::from_secs(60);

    /// A decoder whose program is a shell script, in its folder.
    fn decoder(script: &str) -> (TempDir, Arc<PictureDecoder>) {
        decoder_within(TIME, script)
    }

    fn decoder_within(time: Duration, script: &str) -> (TempDir, Arc<PictureDecoder>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program");
        // Another process writes it: a file that this one has open for writing cannot be started.
        let write = "printf '#!/bin/sh\n%s\n' \"$1\" > \"$0\" && chmod +x \"$0\"";
        let mut shell = std::process::Command::new("sh");
        assert!(shell.args(["-c", write]).arg(&path).arg(script).status().unwrap().success());
        (folder, PictureDecoder::new(ServerProgram::at(path), time))
    }

    fn turns() -> Arc<Turns> {
        Turns::new(Bounds { at_once: 1, places: 1, of_network: 1, of_one: 1 })
    }

    fn place(turns: &Arc<Turns>) -> Option<QueuePlace> {
        turns.line_up("203.0.113.1".parse().unwrap(), Whom::User(UserId(Uuid::nil())))
    }

    async fn decode(
        decoder: &Arc<PictureDecoder>,
        upload: &[u8],
    ) -> io::Result<Option<ProfilePicture>> {
        let turn = place(&turns()).unwrap().turn().await;
        decoder.decode(upload.to_vec(), turn).await
    }

    fn has_warned(decoder: &PictureDecoder) -> bool {
        decoder.failures.lock().unwrap().told_at.is_some()
    }

    fn png() -> Vec<u8> {
        let bmp = [&b"BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0"[..], &[1, 0, 0, 0, 1, 0, 0, 0]];
        let bmp = [&bmp.concat()[..], &[1, 0, 24, 0], &[0; 24], &[0; 4]].concat();
        ProfilePicture::from_upload(&bmp).unwrap().as_image().bytes.clone()
    }

    #[tokio::test]
    async fn a_process_gets_the_upload_and_gives_the_picture() {
        let (_folder, decoder) = decoder("cat");
        let decoded = decode(&decoder, &png()).await.unwrap().unwrap();
        assert_eq!(decoded.as_image().bytes, png());
    }

    #[tokio::test]
    async fn a_file_that_is_no_picture_is_refused_without_a_message() {
        let (_folder, decoder) = decoder("exit 65");
        let large = vec![0; ProfilePicture::MAX_UPLOAD];
        assert_eq!(decode(&decoder, &large).await.unwrap(), None);
        assert!(!has_warned(&decoder));
    }

    #[tokio::test]
    async fn a_process_that_dies_or_answers_oddly_gives_no_picture() {
        for script in [
            "kill -9 $$",
            "exit 1",
            "exit 70",
            "exit 0",
            "echo text",
            "cat; exit 70",
            "cat; exec yes",
        ] {
            let (_folder, decoder) = decoder(script);
            assert_eq!(decode(&decoder, &png()).await.unwrap(), None, "{script}");
            assert!(has_warned(&decoder), "{script}");
        }
    }

    #[test]
    fn failures_are_told_once_a_minute_with_their_number() {
        let (mut failures, start) = (Failures::default(), Instant::now());
        let told = [0, 1, 59, 60, 61, 200].map(|after| {
            let now = start + Duration::from_secs(after);
            failures.count(now)
        });
        assert_eq!(told, [Some(1), None, None, Some(3), None, Some(2)]);
    }

    #[tokio::test]
    async fn a_process_that_takes_too_long_is_killed() {
        // Long enough for a shell to start, short enough to wait for.
        let time = Duration::from_secs(2);
        let (folder, decoder) = decoder_within(time, "echo $$ > \"${0%/*}/id\"; exec sleep 60");
        assert_eq!(decode(&decoder, &png()).await.unwrap(), None);
        assert!(has_warned(&decoder));
        // On a very slow machine it was killed before it could say this.
        let id = fs::read_to_string(folder.path().join("id")).unwrap_or_default();
        assert!(id.trim().is_empty() || !Path::new("/proc").join(id.trim()).exists());
    }

    #[tokio::test]
    async fn a_process_inherits_no_variables() {
        let (folder, decoder) = decoder("export -p > \"${0%/*}/variables\"; exit 65");
        decode(&decoder, b"").await.unwrap();
        let variables = fs::read_to_string(folder.path().join("variables")).unwrap();
        assert!(std::env::var_os("PATH").is_some());
        assert!(!variables.contains("PATH"), "{variables}");
    }

    #[tokio::test]
    async fn a_program_that_cannot_be_started_is_a_fault_of_the_server() {
        let decoder = PictureDecoder::new(ServerProgram::at("/nowhere/pocketid"), TIME);
        assert!(decode(&decoder, &png()).await.is_err());
    }

    #[tokio::test]
    async fn a_turn_lasts_until_the_process_has_ended_also_when_the_request_is_gone() {
        let (folder, decoder) =
            decoder("cd \"${0%/*}\"; : > started; while [ ! -e go ]; do sleep 0.01; done; exit 65");
        let turns = turns();
        let turn = place(&turns).unwrap().turn().await;
        let request = tokio::spawn(async move { decoder.decode(png(), turn).await });
        let pause = || tokio::time::sleep(Duration::from_millis(5));
        while !folder.path().join("started").exists() {
            pause().await;
        }
        request.abort();
        assert!(request.await.is_err());
        assert!(place(&turns).is_none());

        fs::write(folder.path().join("go"), "").unwrap();
        while place(&turns).is_none() {
            pause().await;
        }
    }
}
