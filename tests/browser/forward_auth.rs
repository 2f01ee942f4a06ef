//! An application behind a real nginx and a real Caddy, with the lines that `pocketid protect` prints. The application is on
//! another site than the provider.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::Command,
};

use super::visitor::Visitor;
use crate::support::{
    agent::Agent,
    daemon::Daemon,
    file_site::{FileSite, SiteAnswer},
    op::TestOp,
    patience::PATIENCE,
    ports::free_port,
};

const PROXIES: [&str; 2] = ["caddy", "nginx"];

/// A provider, and an application behind a proxy.
struct Protected {
    op: TestOp,
    application: FileSite,
    /// Scheme, host and port of the application.
    origin: String,
    _proxy: Daemon,
}

impl Protected {
    fn start(proxy: &str, options: &str) -> Self {
        Self::start_at("wiki.localhost", proxy, options)
    }

    /// The same at another name. Only browsers know those below `localhost`.
    fn start_at(name: &str, proxy: &str, options: &str) -> Self {
        let op = TestOp::start();
        op.group("family", &[]);
        let port = free_port();
        let host = format!("{name}:{port}");
        let application = FileSite::start(Box::new(|head| {
            let line = |name: &str| {
                let mut lines = head.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("-", |(_, v)| v)
            };
            let path = head.split(' ').nth(1).unwrap_or_default();
            let (user, groups) = (line("remote-user"), line("remote-groups"));
            let text = format!(
                "<!doctype html><title>Wiki</title><p id=\"told\">{path} {user} {groups}</p>"
            );
            SiteAnswer::new("200 OK\r\ncontent-type: text/html", text)
        }));
        let ends = format!(
            "--pocketid {} --application {}",
            op.agent().address().replace("localhost", "127.0.0.1"),
            application.host()
        );
        let made = op.beside(&format!("protect create {host} --proxy {proxy} {ends} {options}"));
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = match proxy {
            "caddy" => caddy(&made.stdout, &host, folder.path()),
            _ => nginx(&made.stdout, port, folder.path()),
        };
        command.current_dir(folder.path()).env_clear().env("PATH", "/usr/bin:/bin");
        command.env("HOME", folder.path());
        let daemon = Daemon::start(&mut command, folder, port);
        Self { op, application, origin: format!("http://{host}"), _proxy: daemon }
    }
}

fn caddy(lines: &str, host: &str, folder: &Path) -> Command {
    let file = folder.join("Caddyfile");
    let site = format!("http://{host} {{\n\tbind 127.0.0.1\n");
    let lines = lines.replacen(&format!("{host} {{\n"), &site, 1);
    fs::write(&file, format!("{{\n\tadmin off\n\tauto_https off\n}}\n{lines}")).expect("a file");
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
    command
}

fn nginx(lines: &str, port: u16, folder: &Path) -> Command {
    let at = |name: &str| folder.join(name).display().to_string();
    let temporary: String = ["client_body", "fastcgi", "proxy", "scgi", "uwsgi"]
        .map(|kind| format!("{kind}_temp_path {};\n", at(kind)))
        .concat();
    let comment = "    # Your lines for listen and ssl_certificate.\n";
    let lines = lines.replacen(comment, &format!("    listen 127.0.0.1:{port};\n"), 1);
    let head = format!("daemon off;\nmaster_process off;\npid {};\nevents {{}}\n", at("pid"));
    let text = format!("{head}http {{\naccess_log off;\n{temporary}{lines}}}\n");
    fs::write(at("nginx.conf"), text).expect("a file");
    let mut command = Command::new("/usr/sbin/nginx");
    command.args(["-e", "stderr", "-c", &at("nginx.conf")]);
    command
}

#[test]
fn a_passkey_opens_an_application_on_another_site_behind_a_real_proxy() {
    for proxy in PROXIES {
        let protected = Protected::start(proxy, "--open-path /health");
        let visitor = Visitor::with_passkey(&protected.op, "alice");
        protected.op.beside("group assign family alice").expect_success();
        let page = format!("{}/page?x=1", protected.origin);

        visitor.goto(&page);
        visitor.wait_for("#sign-in");
        visitor.click("#sign-in");

        visitor.wait_for_url(&page);
        assert_eq!(visitor.text("#told"), "/page?x=1 alice family", "{proxy}");
        // The next page needs no sign-in.
        visitor.goto(&format!("{}/other", protected.origin));
        assert_eq!(visitor.text("#told"), "/other alice family", "{proxy}");

        visitor.goto(&format!("{}/.pocketid/logout", protected.origin));
        visitor.wait_for_path("/logout");
        protected.op.beside("session revoke --all alice").expect_success();
        visitor.goto(&page);
        visitor.wait_for("#sign-in");
    }
}

#[test]
fn whoever_may_not_enter_is_told_so_on_our_page() {
    for proxy in PROXIES {
        let protected = Protected::start(proxy, "--group family");
        let visitor = Visitor::with_passkey(&protected.op, "bob");
        visitor.goto(&protected.origin);
        visitor.wait_for("#sign-in");
        visitor.click("#sign-in");
        visitor.wait_for_text("main", "wiki.localhost");
        assert!(!visitor.exists("#told"), "{proxy}");
        assert!(protected.application.requests().is_empty(), "{proxy}");
    }
}

/// The application believes these headers, so only the proxy may set them.
#[test]
fn forged_headers_reach_no_application() {
    for proxy in PROXIES {
        let protected = Protected::start_at("127.0.0.1", proxy, "--open-path /health");
        let forging = Agent::new(&protected.origin).with_header("remote-user", "root");
        let mut forging = forging.with_header("Remote-Groups", "admins");
        let refused = forging.get("/page");
        assert_eq!(refused.status, 401, "{proxy}: {refused:?}");
        assert!(protected.application.requests().is_empty(), "{proxy}");

        let open = forging.get("/health").ok();
        let told = open.text();
        assert!(!told.contains("root") && !told.contains("admins"), "{proxy}: {told}");
        assert!(told.contains("/health"), "{proxy}: {told}");
    }
}

/// nginx finds a server by the line of the request, and by its default; Caddy by the name without its port: what a browser
/// says in `Host` is another matter.
#[test]
fn a_host_that_a_browser_makes_up_is_judged_by_no_other_rules() {
    for proxy in PROXIES {
        let protected = Protected::start_at("127.0.0.1", proxy, "");
        protected.op.beside("protect create open.example.com --open-path /*").expect_success();
        protected.op.beside("protect create 127.0.0.1:8443 --open-path /*").expect_success();
        let (_, host) = protected.origin.split_once("//").expect("an origin");
        for head in [
            "GET /page HTTP/1.1\r\nHost: 127.0.0.1:8443\r\n".to_owned(),
            "GET /page HTTP/1.1\r\nHost: open.example.com\r\n".to_owned(),
            format!("GET http://{host}/page HTTP/1.1\r\nHost: open.example.com\r\n"),
        ] {
            let mut stream = TcpStream::connect(host).expect("the proxy");
            stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
            write!(stream, "{head}Connection: close\r\n\r\n").expect("a request");
            let mut answer = String::new();
            stream.read_to_string(&mut answer).expect("an answer");
            assert!(!answer.contains("id=\"told\""), "{proxy} {head}: {answer}");
        }
        assert!(protected.application.requests().is_empty(), "{proxy}");
    }
}

/// PHP and CGI read `Remote_User` as `Remote-User`.
#[test]
fn other_spellings_of_the_headers_reach_no_application() {
    for proxy in PROXIES {
        let protected = Protected::start_at("127.0.0.1", proxy, "--open-path /health");
        let agent = Agent::new(&protected.origin);
        for name in ["Remote_User", "remote_user", "REMOTE_Groups", "Remote.User"] {
            let answer = agent.with_header(name, "root").get("/health");
            assert!(answer.status < 500, "{proxy} {name}: {answer:?}");
        }
        let seen = protected.application.requests().join("\n");
        assert!(!seen.contains("root"), "{proxy}: {seen}");
    }
}

/// A proxy drops headers that a browser names in `Connection`: an application might take a request without
/// a user for one of a user.
#[test]
fn a_browser_cannot_take_the_headers_away() {
    for proxy in PROXIES {
        let protected = Protected::start_at("127.0.0.1", proxy, "");
        let mut alice = protected.op.person("alice");
        let mut agent = Agent::new(&protected.origin);
        let sent = agent.with_header("accept", "text/html").get("/page");
        let cookie = sent.header("set-cookie").split_once(';').expect("a cookie").0;
        let (name, value) = cookie.split_once('=').expect("a value");
        agent.cookies.insert(name.to_owned(), value.to_owned());
        let path = sent.location().strip_prefix(protected.op.base_url()).expect("the provider");
        let back = alice.agent.get(path).ok();
        let callback = back.location().strip_prefix(&protected.origin).expect("the host");
        agent.get(callback).ok();
        let mut agent = agent.with_header("connection", "Remote-User, Remote-Groups");
        let told = agent.get("/page").ok().text();
        assert!(told.contains("/page alice"), "{proxy}: {told}");
    }
}

fn examined(op: &TestOp) -> String {
    op.cli().with("APP_URL", op.base_url()).run("doctor").stdout
}

/// The doctor asks the host without a sign-in.
#[test]
fn the_doctor_tells_whether_a_proxy_asks() {
    for proxy in PROXIES {
        let protected = Protected::start_at("127.0.0.1", proxy, "");
        let found = examined(&protected.op);
        let line = |found: &str| {
            let line = found.lines().find(|line| line.contains("\tprotected hosts\t"));
            line.map(str::to_owned).unwrap_or_else(|| panic!("{found}"))
        };
        assert!(line(&found).contains("asks here who may pass"), "{proxy}: {found}");
    }
    let op = TestOp::start();
    let application = FileSite::start(Box::new(|_| SiteAnswer::new("200 OK", "open")));
    let host = application.host();
    op.beside(&format!("protect create {host}")).expect_success();
    let found = examined(&op);
    assert!(
        found.contains(&format!("{host} answers 200 to somebody who is not signed in")),
        "{found}"
    );
}
