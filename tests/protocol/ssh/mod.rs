//! SSH certificates: who gets which, and what takes them away.

mod authorities;
mod certificates;
mod devices;
mod guarded;
mod hosts;
mod limits;
mod revocation;
mod shell;
mod terminal;
mod users;

use pocketid::model::GroupId;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    flow::Person,
    op::TestOp,
    sshd::new_key,
};

/// A provider with SSH certificates on, and its administrator.
struct SshOp {
    op: TestOp,
    admin: Person,
}

impl SshOp {
    fn start() -> Self {
        Self::on(TestOp::start())
    }

    fn on(op: TestOp) -> Self {
        let admin = op.person("keeper");
        op.change_user(admin.id, |user| user.is_admin = true);
        let mut ssh = Self { op, admin };
        ssh.put("/api/ssh-authority", &Value::Null).ok();
        ssh
    }

    fn put(&mut self, path: &str, body: &Value) -> Answer {
        self.admin.agent.json(hyper::Method::PUT, path, body)
    }

    fn delete(&mut self, path: &str) -> Answer {
        self.admin.agent.json(hyper::Method::DELETE, path, &Value::Null)
    }

    /// Opens an account to a group.
    fn open(&mut self, account: &str, group: GroupId) -> String {
        let body = json!({"account": account, "allowedUserGroupIds": [group]});
        let answer = self.admin.agent.post("/api/ssh-accounts", &body).ok().json();
        answer["id"].as_str().unwrap().to_owned()
    }

    /// Confirms a user, whose account no administrator made.
    fn confirm(&self, name: &str) {
        self.op.beside(&format!("ssh user confirm {name}")).expect_success();
    }

    /// Signs a person in for a certificate.
    fn token(&self, person: &mut Person) -> String {
        self.op.ssh_token(person)
    }

    /// Asks for a certificate with a token.
    fn ask(&self, token: &str, body: &Value) -> Answer {
        self.bearer(token).post("/api/ssh/certificates", body)
    }

    /// Asks for a certificate with a token, for a new key.
    fn ask_for_all(&self, token: &str) -> Answer {
        self.ask(token, &json!({"publicKey": new_key(&["-t", "ed25519"])}))
    }

    fn bearer(&self, token: &str) -> Agent {
        self.op.agent().with_header("authorization", &format!("Bearer {token}"))
    }
}
