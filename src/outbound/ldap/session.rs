//! A connection to a directory. `ldap3` speaks with the server through a pump, which lets only sound messages
//! pass.

use std::sync::Arc;

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapError, LdapResult, Scope, SearchEntry, StdStream,
    controls::{Control, ControlType, PagedResults, RawControl},
};
use tokio::{
    net::UnixStream,
    task::JoinSet,
    time::{Instant, timeout, timeout_at},
};
use url::Url;

use super::{
    connect::{self, LdapTarget},
    fault::{LdapFault, meaning},
    pump::{Flow, Pump},
    query::{LdapEntry, LdapQuery},
    server::{LdapServer, LdapTimes},
};
use crate::crypto::tls::Authorities;

/// How many entries a page has (RFC 2696): servers that bound the size of an answer allow 500 or 1000.
const PAGE: i32 = 500;

/// The longest cookie of a page, in bytes.
const MAX_COOKIE: usize = 64 * 1024;

/// The address that `ldap3` gets for a stream that is open already.
const OPEN_STREAM: &str = "ldapi://open";

/// A connection to a directory after a successful bind. It ends when it is dropped.
#[derive(Debug)]
pub struct LdapSession {
    host: String,
    ldap: Ldap,
    flow: Arc<Flow>,
    pump: JoinSet<Result<(), LdapFault>>,
    /// Runs `ldap3`.
    _driver: JoinSet<()>,
    deadline: Instant,
    times: LdapTimes,
}

impl LdapSession {
    /// The host of the server.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Connects and binds.
    pub async fn open(server: &LdapServer, authorities: &Authorities) -> Result<Self, LdapFault> {
        let is_named = !server.bind_dn.is_empty();
        if is_named && server.bind_password.expose().is_empty() {
            return Err(LdapFault::NoPassword);
        }
        let host = LdapTarget::of(server)?.host;
        let talk = |error: &dyn std::error::Error| LdapFault::Talk {
            host: host.clone(),
            cause: error.to_string(),
        };
        let stream = connect::connect(server, authorities).await?;
        let (ours, theirs) =
            std::os::unix::net::UnixStream::pair().map_err(|error| talk(&error))?;
        ours.set_nonblocking(true).map_err(|error| talk(&error))?;
        let client = UnixStream::from_std(ours).map_err(|error| talk(&error))?;
        let flow = Arc::new(Flow::new());
        let mut pump = JoinSet::new();
        let (name, carried, times) = (host.clone(), Arc::clone(&flow), server.times);
        pump.spawn(async move {
            let pump = Pump { host: name, server: stream, client, flow: &carried, times };
            pump.run().await
        });
        let settings = LdapConnSettings::new().set_std_stream(StdStream::Unix(theirs));
        let url = Url::parse(OPEN_STREAM).map_err(|error| talk(&error))?;
        let (connection, ldap) = LdapConnAsync::from_url_with_settings(settings, &url)
            .await
            .map_err(|error| talk(&error))?;
        let mut driver = JoinSet::new();
        driver.spawn(async move { drop(connection.drive().await) });
        let deadline = Instant::now() + times.total;
        let mut session = Self { host, ldap, flow, pump, _driver: driver, deadline, times };
        session.bind(server).await?;
        Ok(session)
    }

    async fn bind(&mut self, server: &LdapServer) -> Result<(), LdapFault> {
        let password = server.bind_password.expose();
        let bound = self.ldap.simple_bind(&server.bind_dn, password).await;
        let LdapResult { rc, text, .. } = match bound {
            Ok(result) => result,
            Err(error) => return Err(self.fault(&error).await),
        };
        if rc == 0 {
            return Ok(());
        }
        Err(LdapFault::Bind { host: self.host.clone(), code: rc, text: meaning(rc, &text) })
    }

    /// Gives all entries that a search finds to `each`, in pages if the server knows them. Fails when the
    /// server returns only a part.
    pub async fn search(
        &mut self,
        query: &LdapQuery<'_>,
        each: &mut (dyn FnMut(LdapEntry) -> Result<(), LdapFault> + Send),
    ) -> Result<(), LdapFault> {
        let late = LdapFault::Late { host: self.host.clone(), time: self.times.total };
        let deadline = self.deadline;
        timeout_at(deadline, self.read_pages(query, each)).await.unwrap_or(Err(late))
    }

    async fn read_pages(
        &mut self,
        query: &LdapQuery<'_>,
        each: &mut (dyn FnMut(LdapEntry) -> Result<(), LdapFault> + Send),
    ) -> Result<(), LdapFault> {
        let (mut left, mut cookie) = (query.max_entries, Some(Vec::new()));
        let mut is_first = true;
        loop {
            let page = cookie.take().map(|cookie| PagedResults { size: PAGE, cookie });
            let had_pages = page.is_some();
            let part = self.read_page(query, page, &mut left, each).await;
            match part {
                // Nothing was returned, so the search may begin again.
                Err(LdapFault::Search { code: 12 | 53, .. }) if had_pages && is_first => {}
                Err(fault) => return Err(fault),
                Ok(next) if next.is_empty() => return Ok(()),
                Ok(next) => cookie = Some(next),
            }
            is_first = false;
        }
    }

    /// Reads one page, and returns the cookie of the next one; an empty one after the last.
    async fn read_page(
        &mut self,
        query: &LdapQuery<'_>,
        page: Option<PagedResults>,
        left: &mut usize,
        each: &mut (dyn FnMut(LdapEntry) -> Result<(), LdapFault> + Send),
    ) -> Result<Vec<u8>, LdapFault> {
        let scope = if query.is_base_only { Scope::Base } else { Scope::Subtree };
        if let Some(page) = page {
            self.ldap.with_controls(RawControl::from(page));
        }
        let begun =
            self.ldap.streaming_search(query.base, scope, query.filter, query.attributes).await;
        let mut stream = match begun {
            Ok(stream) => stream,
            Err(LdapError::FilterParsing) => {
                return Err(LdapFault::Filter { filter: query.filter.to_owned() });
            }
            Err(error) => return Err(self.fault(&error).await),
        };
        loop {
            let entry = match stream.next().await {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(error) => return Err(self.fault(&error).await),
            };
            self.flow.leave();
            // Where other servers have more entries.
            if entry.is_ref() {
                continue;
            }
            *left = left.checked_sub(1).ok_or_else(|| LdapFault::TooMuch {
                host: self.host.clone(),
                limit: format!("{} entries", query.max_entries),
            })?;
            each(SearchEntry::construct(entry).into())?;
        }
        let LdapResult { rc, text, ctrls, .. } = stream.finish().await;
        let (host, base) = (self.host.clone(), query.base.to_owned());
        match rc {
            0 => next_page(&ctrls, &host),
            3 | 4 | 11 => Err(LdapFault::Cut { host, base }),
            code => Err(LdapFault::Search { host, base, code, text: meaning(code, &text) }),
        }
    }

    /// The fault behind an error of `ldap3`: usually the connection has ended, and the pump knows why.
    async fn fault(&mut self, error: &LdapError) -> LdapFault {
        match self.pump.join_next().await {
            Some(Ok(Err(fault))) => fault,
            _ => LdapFault::Talk { host: self.host.clone(), cause: error.to_string() },
        }
    }

    /// Ends the connection in order. An error does not matter any more.
    pub async fn close(mut self) {
        let ended = timeout(self.times.connect, self.ldap.unbind()).await;
        drop(ended);
    }
}

/// The cookie of the next page (RFC 2696 §3); empty after the last page, and from servers without pages.
fn next_page(controls: &[Control], host: &str) -> Result<Vec<u8>, LdapFault> {
    let paged = controls.iter().find(|one| matches!(one.0, Some(ControlType::PagedResults)));
    let cookie = paged.map(|one| one.1.parse::<PagedResults>().cookie).unwrap_or_default();
    if cookie.len() > MAX_COOKIE {
        let cause = "its cookie of a page is too long".to_owned();
        return Err(LdapFault::Talk { host: host.to_owned(), cause });
    }
    Ok(cookie)
}
