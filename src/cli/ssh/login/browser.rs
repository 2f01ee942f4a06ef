//! Signing in through the browser of this machine (RFC 8252).

use std::{
    io,
    process::{Command, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::{Instant, timeout, timeout_at},
};
use url::Url;

use super::{
    super::super::error::CliError,
    sign_in::{PATIENCE, SignIn, access_token},
};
use crate::crypto::{Digest, Secret};

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 8 * 1024;
/// How long a browser may take to send one.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// The text that the browser shows at the end. It holds no input.
const DONE: &str = "You are signed in. You can close this window and go back to the terminal.";
const FAILED: &str = "Not signed in. Go back to the terminal.";

/// The answer of the server, as the browser brings it back.
#[derive(Debug)]
enum Returned {
    Code(Secret),
    /// An error of the protocol.
    Refused(String),
}

impl SignIn<'_> {
    /// Opens the browser, and waits for the code that it brings back.
    pub(super) async fn by_browser(self) -> Result<Secret, CliError> {
        // RFC 8252 §8.3: the address itself, and not the name localhost, which may lead elsewhere.
        let listener = TcpListener::bind(("127.0.0.1", 0)).await;
        let listener = listener.map_err(|error| {
            CliError::refused(format!("cannot listen on this machine: {error}"))
                .hint("sign in with a code: --device")
        })?;
        let port = listener.local_addr().map_err(|error| CliError::refused(error.to_string()))?;
        let redirect_uri = format!("http://127.0.0.1:{}/callback", port.port());
        let (verifier, state) = (self.random(), self.random());
        let url = self.authorization_url(&redirect_uri, &verifier, &state);
        self.ctx.report().instruct(format!("Sign in here: {url}"));
        if let Err(error) = open(&url) {
            self.ctx.report().warn(format!(
                "the browser cannot be opened ({error}); open the address yourself, or use --device"
            ));
        }
        let code = match self.wait(&listener, &state).await? {
            Returned::Code(code) => code,
            Returned::Refused(error) => {
                return Err(CliError::refused(format!("not signed in: {error}")));
            }
        };
        let [(client, client_id), (resource, resource_id)] = self.common();
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code.expose()),
            ("redirect_uri", redirect_uri.as_str()),
            ("code_verifier", verifier.expose()),
            (client, client_id.as_str()),
            (resource, resource_id.as_str()),
        ];
        access_token(&self.post(&self.provider.token_endpoint, &fields).await?)
    }

    fn authorization_url(self, redirect_uri: &str, verifier: &Secret, state: &Secret) -> Url {
        let mut url = self.provider.authorization_endpoint.clone();
        url.query_pairs_mut()
            .extend_pairs(self.common())
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", "openid")
            .append_pair("state", state.expose())
            .append_pair("code_challenge", &Digest::of(verifier.expose()).base64url())
            .append_pair("code_challenge_method", "S256");
        url
    }

    async fn wait(self, listener: &TcpListener, state: &Secret) -> Result<Returned, CliError> {
        let end = Instant::now() + PATIENCE;
        loop {
            let late = || CliError::refused("nobody signed in within ten minutes");
            let accepted = timeout_at(end, listener.accept()).await.map_err(|_| late())?;
            let Ok((stream, _)) = accepted else { continue };
            // Any program of this machine may connect: one that is slow must not keep the browser out.
            if let Ok(Ok(Some(returned))) = timeout(HEAD_TIME, self.serve(stream, state)).await {
                return Ok(returned);
            }
        }
    }

    /// Answers one request. `None` unless it brings the answer to our request.
    async fn serve(self, mut stream: TcpStream, state: &Secret) -> io::Result<Option<Returned>> {
        let head = read_head(&mut stream).await?;
        let target = head.strip_prefix("GET ").and_then(|rest| rest.split(' ').next());
        let url = target.and_then(|target| Url::parse(&format!("http://127.0.0.1{target}")).ok());
        let returned = url.filter(|url| url.path() == "/callback").and_then(|url| {
            let value = |name: &str| {
                let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
                pairs.next().map(|(_, value)| value.into_owned())
            };
            // RFC 6749 §10.12, RFC 9207: a code of another request, or of another server, is dropped.
            let is_ours = value("state").is_some_and(|sent| state.constant_time_eq(&sent))
                && value("iss").is_some_and(|iss| iss == self.issuer.as_str());
            match (is_ours, value("code"), value("error")) {
                (true, Some(code), None) => Some(Returned::Code(Secret::new(code))),
                (true, None, Some(error)) => {
                    let error = value("error_description").unwrap_or(error);
                    Some(Returned::Refused(error.chars().take(300).collect()))
                }
                _ => None,
            }
        });
        let (status, text) = match &returned {
            Some(Returned::Code(_)) => ("200 OK", DONE),
            Some(Returned::Refused(_)) => ("200 OK", FAILED),
            None => ("404 Not Found", "Not found."),
        };
        let answer = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n\
             Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
             X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
        Ok(returned)
    }
}

async fn read_head(stream: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = stream.read(&mut piece).await?;
        if read == 0 || head.len() + read > MAX_HEAD {
            return Err(io::Error::other("no head of a request"));
        }
        head.extend(&piece[..read]);
    }
    String::from_utf8(head).map_err(io::Error::other)
}

/// Opens an address in the browser of the user.
fn open(url: &Url) -> io::Result<()> {
    let named = std::env::var("BROWSER").ok().filter(|name| !name.is_empty());
    let usual = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    // The variable may name several, of which the first is preferred.
    let program = named.as_deref().and_then(|names| names.split(':').next()).unwrap_or(usual);
    let mut command = Command::new(program);
    command.arg(url.as_str()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Not waited for: a browser may run for as long as it is open.
    command.spawn().map(drop)
}
