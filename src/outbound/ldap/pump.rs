//! Carries messages between `ldap3` and the server, and lets only well-formed ones pass: `ldap3` has no
//! bound on lengths and nesting, panics on malformed answers, and keeps entries without a bound.

use std::{
    collections::VecDeque,
    io,
    sync::{Mutex, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt as _},
    net::UnixStream,
    sync::Semaphore,
    time::timeout,
};

use super::{
    ber::{LdapMessage, Malformed, operation, read_message},
    fault::{LdapFault, said},
    server::LdapTimes,
};

/// How many bytes of entries may be on their way to their reader.
const IN_FLIGHT: u32 = 1024 * 1024;

/// How many bytes all answers of a connection may have.
const MAX_BYTES: usize = 1024 * 1024 * 1024;

/// Bounds the entries that were passed on and not read yet.
#[derive(Debug)]
pub(super) struct Flow {
    free: Semaphore,
    /// The sizes of the entries under way, in their order.
    sizes: Mutex<VecDeque<u32>>,
}

impl Flow {
    pub(super) fn new() -> Self {
        Self { free: Semaphore::new(IN_FLIGHT as usize), sizes: Mutex::default() }
    }

    /// Waits until there is room for an entry. A longer one than there ever is room for goes alone.
    async fn enter(&self, bytes: usize) {
        let size = u32::try_from(bytes).unwrap_or(IN_FLIGHT).min(IN_FLIGHT);
        // The semaphore is never closed.
        if let Ok(room) = self.free.acquire_many(size).await {
            room.forget();
        }
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).push_back(size);
    }

    /// Notes that the oldest entry under way has been read.
    pub(super) fn leave(&self) {
        let size = self.sizes.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        self.free.add_permits(size.unwrap_or_default() as usize);
    }
}

/// The two ends of a pump.
pub(super) struct Pump<'a, S> {
    pub host: String,
    pub server: S,
    pub client: UnixStream,
    pub flow: &'a Flow,
    pub times: LdapTimes,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Pump<'_, S> {
    /// Carries requests and their answers until either side ends.
    pub(super) async fn run(mut self) -> Result<(), LdapFault> {
        let mut left = MAX_BYTES;
        loop {
            let asked = read_message(&mut self.client).await.map_err(|error| self.talk(&error))?;
            let Some(asked) = asked else { return Ok(()) };
            let sent = async {
                self.server.write_all(&asked.bytes).await?;
                self.server.flush().await
            };
            let sent = timeout(self.times.answer, sent).await.map_err(|_| self.late())?;
            sent.map_err(|error| self.talk(&error))?;
            if asked.operation == operation::UNBIND {
                return Ok(());
            }
            self.answer(&asked, &mut left).await?;
        }
    }

    /// Carries the answers to a request.
    async fn answer(&mut self, asked: &LdapMessage, left: &mut usize) -> Result<(), LdapFault> {
        loop {
            let read = timeout(self.times.answer, read_message(&mut self.server)).await;
            let answer = read.map_err(|_| self.late())?.map_err(|error| self.talk(&error))?;
            let answer = answer.ok_or_else(|| LdapFault::Ended {
                host: self.host.clone(),
                text: "it gives no reason".to_owned(),
            })?;
            let Some(rest) = left.checked_sub(answer.bytes.len()) else {
                return Err(LdapFault::TooMuch { host: self.host.clone(), limit: "1 GiB".into() });
            };
            *left = rest;
            self.check(asked, &answer)?;
            let is_last = match answer.operation {
                operation::ENTRY | operation::REFERENCE => {
                    self.flow.enter(answer.bytes.len()).await;
                    false
                }
                _ => true,
            };
            self.client.write_all(&answer.bytes).await.map_err(|error| self.talk(&error))?;
            if is_last {
                return Ok(());
            }
        }
    }

    fn check(&self, asked: &LdapMessage, answer: &LdapMessage) -> Result<(), LdapFault> {
        let malformed = |fault: Malformed| LdapFault::Talk {
            host: self.host.clone(),
            cause: fault.to_string(),
        };
        // A notice of disconnection (RFC 4511 §4.4.1).
        if answer.id == 0 && answer.operation == operation::EXTENDED_RESPONSE {
            let text = answer.result().map_err(malformed)?.text;
            return Err(LdapFault::Ended { host: self.host.clone(), text: said(&text) });
        }
        let is_expected = answer.id == asked.id
            && match asked.operation {
                operation::BIND => answer.operation == operation::BIND_RESPONSE,
                operation::SEARCH => matches!(
                    answer.operation,
                    operation::ENTRY | operation::REFERENCE | operation::SEARCH_DONE
                ),
                _ => false,
            };
        if is_expected { answer.check_answer() } else { Err(Malformed::Form) }.map_err(malformed)
    }

    fn talk(&self, error: &io::Error) -> LdapFault {
        LdapFault::Talk { host: self.host.clone(), cause: error.to_string() }
    }

    fn late(&self) -> LdapFault {
        LdapFault::Late { host: self.host.clone(), time: self.times.answer }
    }
}
