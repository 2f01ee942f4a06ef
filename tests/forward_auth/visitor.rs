//! A browser at a protected host, whose proxy asks about each request.

use crate::support::{
    agent::{Agent, Answer},
    flow::Person,
    op::TestOp,
};

/// The host of the tests.
pub(super) const HOST: &str = "wiki.example.com";
const CHECK: &str = "/api/forward-auth";
/// The headers that identify the user.
pub(super) const IDENTITY: [&str; 4] =
    ["remote-user", "remote-name", "remote-email", "remote-groups"];

/// A browser at a host.
pub(super) struct Visitor {
    pub(super) agent: Agent,
    host: String,
    /// The host that the lines of the proxy name, if they name one.
    named: Option<String>,
}

/// A provider that protects [`HOST`], by these options.
pub(super) fn protected(options: &str) -> TestOp {
    let op = TestOp::start();
    op.beside(&format!("protect create {HOST} {options}")).expect_success();
    op
}

impl Visitor {
    pub(super) fn new(op: &TestOp) -> Self {
        Self::at(op, HOST)
    }

    pub(super) fn at(op: &TestOp, host: &str) -> Self {
        Self { agent: op.agent(), host: host.to_owned(), named: Some(host.to_owned()) }
    }

    /// The same browser, whose requests come to these lines of a proxy.
    pub(super) fn before_lines_of(&self, named: Option<&str>) -> Self {
        let (agent, host) = (self.agent.clone(), self.host.clone());
        Self { agent, host, named: named.map(str::to_owned) }
    }

    /// The answer to the proxy about a request. A person opens a page.
    pub(super) fn ask(&mut self, path: &str) -> Answer {
        self.ask_with(path, &[("accept", "text/html"), ("sec-fetch-mode", "navigate")])
    }

    /// The same with these headers of the browser.
    pub(super) fn ask_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        self.ask_at(CHECK, path, headers)
    }

    /// The same as nginx asks.
    pub(super) fn ask_nginx(&mut self, path: &str) -> Answer {
        self.ask_at("/api/forward-auth/nginx", path, &[("accept", "text/html")])
    }

    fn ask_at(&mut self, endpoint: &str, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        let mut asking = self.agent.clone();
        let host = self.host.clone();
        let proxy = [
            ("x-forwarded-host", host.as_str()),
            ("x-forwarded-method", "GET"),
            ("x-forwarded-proto", "http"),
            ("x-forwarded-uri", path),
        ];
        for (name, value) in proxy.iter().chain(headers) {
            asking = asking.with_header(name, value);
        }
        let named = self.named.iter().map(|named| format!("?host={named}"));
        let answer = asking.get(&format!("{endpoint}{}", named.collect::<String>()));
        self.agent.cookies = asking.cookies;
        answer
    }

    /// Opens a page, and signs in at the provider as this person. The answer is that of the callback.
    pub(super) fn sign_in(&mut self, person: &mut Person, path: &str) -> Answer {
        let callback = self.code_of(person, path);
        self.ask(&callback)
    }

    /// Opens a page as this person. Returns the path that the provider sends the browser to.
    pub(super) fn code_of(&mut self, person: &mut Person, path: &str) -> String {
        let sent = self.ask(path);
        let answer = person.agent.get(local(&sent)).ok();
        let origin = format!("http://{}", self.host);
        answer.location().strip_prefix(&origin).expect("the host").to_owned()
    }
}

/// The path at the provider that an answer leads to.
pub(super) fn local(answer: &Answer) -> &str {
    let (_, rest) = answer.location().split_once("//").unwrap_or_else(|| panic!("{answer:?}"));
    &rest[rest.find('/').expect("a path")..]
}

/// The headers that identify the user, as the application gets them.
pub(super) fn identity(answer: &Answer) -> [String; 4] {
    assert_eq!(answer.status, 200, "{answer:?}");
    IDENTITY.map(|name| {
        let value = answer.headers.get(name).unwrap_or_else(|| panic!("{name} is missing"));
        String::from_utf8(value.as_bytes().to_vec()).unwrap()
    })
}
