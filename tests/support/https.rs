//! A site with TLS on this machine, whose certificate only a test trusts.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use pocketid::{crypto::tls::provider, outbound::Outbound};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tempfile::TempDir;

use super::ports::free_port;

/// Where a server of a test listens and keeps its certificate (`certificate.pem`, `key.pem`). It outlives the server,
/// which may be started again.
pub(crate) struct TlsPlace {
    folder: TempDir,
    pub(crate) port: u16,
}

impl TlsPlace {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        write_certificate(folder.path());
        Self { folder, port: free_port() }
    }

    /// A file in the folder.
    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().expect("a plain path").to_owned()
    }
}

/// A site that answers every request alike.
pub(crate) struct HttpsSite {
    port: u16,
    certificate: CertificateDer<'static>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// The whole answer, as it is on the wire.
    answer: Vec<u8>,
    connections: usize,
    /// The head of each request.
    requests: Vec<String>,
}

impl HttpsSite {
    /// Starts a site that answers nothing of use yet.
    pub(crate) fn start() -> Self {
        let (certificate, key) = new_certificate();
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.clone()], key)
            .expect("a certificate and its key");
        let (config, state) = (Arc::new(config), Arc::new(Mutex::new(State::default())));
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (config, state) = (Arc::clone(&config), Arc::clone(&shared));
                thread::spawn(move || answer(stream, config, &state));
            }
        });
        Self { port, certificate, state }
    }

    /// The way of a provider to this site, and to nowhere else.
    pub(crate) fn outbound(&self) -> Outbound {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a certificate");
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Outbound::to_this_machine(Arc::new(config))
    }

    /// The certificate of the site, in PEM form.
    pub(crate) fn certificate(&self) -> String {
        let der = STANDARD.encode(&self.certificate);
        format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
    }

    /// An address of the site.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Answers with this body from now on; `head` is the status and further headers.
    pub(crate) fn answer_with(&self, head: &str, body: &str) {
        let length = body.len();
        let answer = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n{body}");
        self.lock().answer = answer.into_bytes();
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.lock().connections
    }

    /// The heads of the requests, in order.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.lock().requests.clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>, state: &Mutex<State>) {
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    lock().connections += 1;
    let connection = ServerConnection::new(config).expect("a connection");
    let mut reader = BufReader::new(StreamOwned::new(connection, stream));
    let head = read_head(&mut reader);
    if head.is_empty() {
        return;
    }
    lock().requests.push(head);
    let answer = lock().answer.clone();
    let stream = reader.get_mut();
    let _ = stream.write_all(&answer);
    stream.conn.send_close_notify();
    let _ = stream.flush();
}

/// Reads up to the empty line.
fn read_head(reader: &mut impl BufRead) -> String {
    let lines = reader.lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// A certificate for `localhost` that signs itself, and its key.
fn new_certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let folder = tempfile::tempdir().expect("a folder");
    let certificate = write_certificate(folder.path());
    let key = PrivateKeyDer::from_pem_file(folder.path().join("key.pem")).expect("a key");
    (certificate, key)
}

/// Makes such a certificate and its key as `certificate.pem` and `key.pem` of a folder.
pub(crate) fn write_certificate(folder: &Path) -> CertificateDer<'static> {
    let mut openssl = Command::new("openssl");
    openssl
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder);
    let done = super::patience::run(&mut openssl);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    CertificateDer::from_pem_file(folder.join("certificate.pem")).expect("a certificate")
}
