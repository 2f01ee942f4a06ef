//! Hands keys to `ssh-agent` over its socket.

use std::{
    io::{self, Read as _, Write as _},
    os::unix::net::UnixStream,
    path::PathBuf,
    time::Duration,
};

use super::super::super::error::CliError;
use crate::{
    crypto::ssh::{
        AgentIdentity, REQUEST_IDENTITIES, SUCCESS, SshCertificate, SshKeyPair, read_identities,
        removal,
    },
    model::Timestamp,
};

/// How long an answer may take. An agent may ask its user first.
const TIME: Duration = Duration::from_secs(60);
/// The longest answer, in bytes (OpenSSH: 256 KiB).
const MAX_ANSWER: u32 = 256 * 1024;

/// A running agent.
#[derive(Debug)]
pub struct Agent {
    socket: PathBuf,
}

impl Agent {
    /// The agent of this session.
    pub fn find() -> Result<Self, CliError> {
        let named = std::env::var_os("SSH_AUTH_SOCK").filter(|path| !path.is_empty());
        let none = |message: String| {
            CliError::refused(message)
                .hint("start one: eval \"$(ssh-agent)\"")
                .hint("or have the key written to a file: --key-file ~/.ssh/pocketid")
        };
        let socket =
            named.ok_or_else(|| none("there is no ssh-agent: SSH_AUTH_SOCK is not set".into()))?;
        let agent = Self { socket: socket.into() };
        match agent.connect() {
            Ok(_) => Ok(agent),
            Err(error) => Err(none(format!(
                "ssh-agent does not answer at {}: {error}",
                agent.socket.display()
            ))),
        }
    }

    /// Adds a key and its certificate until that expires, in place of those that came from the same
    /// server before: hosts let a user try only a few.
    pub fn add(
        &self,
        key: &SshKeyPair,
        certificate: &SshCertificate,
        comment: &str,
        now: Timestamp,
    ) -> Result<(), CliError> {
        let now = u64::try_from(now.as_unix()).unwrap_or(0);
        let seconds = u32::try_from(certificate.valid_before.saturating_sub(now));
        let seconds = seconds.unwrap_or(u32::MAX).max(1);
        let failed = |error: io::Error| {
            CliError::refused(format!("cannot talk with ssh-agent: {error}"))
                .hint("have the key written to a file: --key-file ~/.ssh/pocketid")
        };
        let mut stream = self.connect().map_err(failed)?;
        let old = self.old(&mut stream, comment).map_err(failed)?;
        let message = key.agent_message(certificate, comment, seconds);
        let answer = ask(&mut stream, &message).map_err(failed)?;
        if answer.first() != Some(&SUCCESS) {
            return Err(CliError::refused("ssh-agent refuses the key")
                .hint("have it written to a file: --key-file ~/.ssh/pocketid"));
        }
        for identity in old {
            // Whether it is gone makes no difference for the new one.
            ask(&mut stream, &removal(&identity)).map_err(failed)?;
        }
        Ok(())
    }

    /// The keys with this comment. An agent that lists none still takes one.
    fn old(&self, stream: &mut UnixStream, comment: &str) -> io::Result<Vec<AgentIdentity>> {
        let answer = ask(stream, &[REQUEST_IDENTITIES])?;
        let mut old = read_identities(&answer).unwrap_or_default();
        old.retain(|identity| identity.comment == comment);
        Ok(old)
    }

    fn connect(&self) -> io::Result<UnixStream> {
        let stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(TIME))?;
        stream.set_write_timeout(Some(TIME))?;
        Ok(stream)
    }
}

/// Sends a message and reads the answer.
fn ask(stream: &mut UnixStream, message: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes())?;
    stream.write_all(message)?;
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length == 0 || length > MAX_ANSWER {
        return Err(io::Error::other("its answer has no fitting length"));
    }
    let mut answer = vec![0; length as usize];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}
