//! A real SCIM server, scim2-server, which an application stands for.

use std::process::Command;

use hyper::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    agent::{Agent, Answer},
    daemon::Daemon,
    django::python,
    op::{TestClient, TestOp},
    ports::free_port,
};

pub(super) const TOKEN: &str = "token-of-the-application";

/// A running scim2-server. It ends when it is dropped, with its resources.
pub(super) struct RealEndpoint {
    _daemon: Daemon,
    agent: Agent,
    port: u16,
}

impl RealEndpoint {
    pub(super) fn start() -> Self {
        Self::start_at(free_port())
    }

    pub(super) fn start_at(port: u16) -> Self {
        let mut command = Command::new(python());
        command
            .env_clear()
            .args([
                "-c",
                "from scim2_server.testserver.cli import main; main()",
                "--port",
                &port.to_string(),
            ])
            .args(["--bearer-token", TOKEN]);
        let folder = TempDir::new().expect("a temporary folder");
        let daemon = Daemon::start(&mut command, folder, port);
        let agent = Agent::new(&format!("http://127.0.0.1:{port}"));
        let agent = agent.with_header("authorization", &format!("Bearer {TOKEN}"));
        Self { _daemon: daemon, agent, port }
    }

    /// The address for a provider.
    pub(super) fn address(&self) -> String {
        address_at(self.port)
    }

    /// A request of another client.
    pub(super) fn ask(&self, method: Method, path: &str, body: &Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut agent = self.agent.clone();
        agent.send(method, &format!("/v2{path}"), Some("application/scim+json"), body.into())
    }

    /// All resources of a kind, by name.
    pub(super) fn all(&self, kind: &str) -> Vec<Value> {
        let page = self.ask(Method::GET, &format!("/{kind}?count=1000"), &json!(null)).ok().json();
        let mut all = page["Resources"].as_array().cloned().unwrap_or_default();
        let name = |one: &Value| {
            one["userName"].as_str().or(one["displayName"].as_str()).map(str::to_owned)
        };
        all.sort_by_key(name);
        all
    }

    /// The usernames of all users.
    pub(super) fn usernames(&self) -> Vec<String> {
        self.all("Users").iter().map(|user| text(&user["userName"])).collect()
    }

    /// The names of the members of a group.
    pub(super) fn members(&self, group: &str) -> Vec<String> {
        let users = self.all("Users");
        let groups = self.all("Groups");
        let group = groups.iter().find(|one| one["displayName"] == group).expect("the group");
        let members = group["members"].as_array().cloned().unwrap_or_default();
        let name = |member: &Value| {
            let user = users.iter().find(|user| user["id"] == member["value"]);
            user.map_or_else(|| "nobody".to_owned(), |user| text(&user["userName"]))
        };
        let mut names: Vec<_> = members.iter().map(name).collect();
        names.sort();
        names
    }
}

pub(super) fn address_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}/v2")
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Gives a client this endpoint, with the token of the real one.
pub(super) fn set_endpoint(op: &TestOp, client: &TestClient, address: &str) {
    set_endpoint_with(op, client, address, TOKEN);
}

/// Gives a client this endpoint.
pub(crate) fn set_endpoint_with(op: &TestOp, client: &TestClient, address: &str, token: &str) {
    let cli = op.cli();
    cli.write("scim.token", token);
    let file = cli.path("scim.token").display().to_string();
    cli.run_args(&["scim", "set", &client.id, "--endpoint", address, "--token-file", &file])
        .expect_success();
}
