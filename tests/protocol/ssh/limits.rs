//! How often hosts, laptops and administrators may ask.

use serde_json::{Value, json};

use super::SshOp;
use crate::support::{agent::Agent, op::TestOp, sshd::new_key};

fn provider() -> SshOp {
    SshOp::on(TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]))
}

/// From another network each time, so that no limit of a network counts.
fn from_everywhere(agent: &Agent, n: usize) -> Agent {
    let address = format!("203.{}.{}.1", n / 200, n % 200);
    agent.clone().with_header("x-forwarded-for", &address)
}

/// Each leaves an entry in the audit log, also one that is refused.
#[test]
fn a_user_who_asks_for_certificates_without_end_has_to_wait_and_nobody_else() {
    let mut ssh = provider();
    let (mut alice, mut bob) = (ssh.op.person("alice"), ssh.op.person("bob"));
    let admins = ssh.op.group("admins", &[alice.id, bob.id]);
    ssh.open("root", admins);
    let (of_alice, of_bob) = (ssh.token(&mut alice), ssh.token(&mut bob));
    let foreign = json!({"publicKey": new_key(&["-t", "ed25519"]), "principals": ["games"]});

    let answers: Vec<_> = (0..50)
        .map(|n| {
            let mut agent = from_everywhere(&ssh.bearer(&of_alice), n);
            agent.post("/api/ssh/certificates", &foreign)
        })
        .collect();

    let refused = "403 ssh_account_not_allowed";
    assert!(answers[..40].iter().all(|answer| answer.error() == refused), "{answers:?}");
    let last = answers.last().unwrap();
    assert_eq!(last.error(), "429 rate_limited");
    assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
    let kinds = ssh.op.audit_kinds();
    let entries = kinds.iter().filter(|kind| *kind == "SSH_CERTIFICATE_REFUSED").count();
    assert!(entries <= 42, "{entries}");
    assert_eq!(ssh.ask_for_all(&of_alice).error(), "429 rate_limited", "a good one is one, too");
    ssh.ask_for_all(&of_bob).ok();
}

#[test]
fn a_network_that_fetches_keys_and_revocations_without_end_has_to_wait_and_no_other() {
    let ssh = provider();
    let agent = ssh.op.agent().with_header("x-forwarded-for", "203.0.113.1");
    let other = ssh.op.agent().with_header("x-forwarded-for", "203.0.113.2");
    for path in ["/api/ssh/krl", "/api/ssh/user-ca.pub", "/api/ssh/host-ca.pub"] {
        let mut answers = (0..5_000).map(|_| agent.clone().get(path));
        let refused = answers.find(|answer| answer.status == 429).unwrap();
        assert_eq!(refused.error(), "429 rate_limited", "{path}");
        assert!(refused.header("retry-after").parse::<u32>().unwrap() >= 1, "{path}");
        other.clone().get(path).ok();
    }
}

/// A stolen API key fills no database with certificates of hosts.
#[test]
fn certificates_of_hosts_are_signed_a_limited_number_of_times() {
    let mut ssh = provider();
    let key = ssh.op.beside("api-key create script --for keeper").ok();
    let program = ssh.op.agent().with_header("x-api-key", key.trim());
    let host = json!({"publicKey": new_key(&["-t", "ed25519"]), "names": ["db1"]});
    from_everywhere(&program, 0).post("/api/ssh-host-certificates", &host).ok();
    let none = json!({"names": []});
    let sign = |n| from_everywhere(&program, n).post("/api/ssh-host-certificates", &none).status;

    let answers: Vec<_> = (1..2_050).map(sign).collect();

    assert!(!answers[..1_999].contains(&429) && answers.contains(&429));
    let own = ssh.admin.agent.post("/api/ssh-host-certificates", &host);
    assert_eq!(own.error(), "429 rate_limited", "all that one administrator does");
    assert_eq!(ssh.op.count("ssh_certificates"), 1);
}

/// The row of a key stays for good, also when it was removed.
#[test]
fn keys_of_authorities_are_made_a_limited_number_of_times_after_the_passkey() {
    let mut ssh = provider();
    let key = ssh.op.beside("api-key create script --for keeper").ok();
    let mut program = ssh.op.agent().with_header("x-api-key", key.trim());
    ssh.op.advance(600);
    for n in 0..40 {
        let mut stale = from_everywhere(&ssh.admin.agent, n);
        let answer = stale.post("/api/ssh-ca-keys", &json!({"kind": "user"}));
        assert_eq!(answer.error(), "401 reauthentication_required", "it does not count");
        let answer = program.post("/api/ssh-ca-keys", &json!({"kind": "user"}));
        assert_eq!(answer.error(), "403 api_key_auth_not_allowed");
    }
    ssh.admin.agent.cookies.clear();
    ssh.admin.authenticator.sign_in(&mut ssh.admin.agent).ok();
    let enable = |agent: &Agent, n| {
        from_everywhere(agent, n).json(hyper::Method::PUT, "/api/ssh-authority", &Value::Null)
    };

    let answers: Vec<_> = (0..35).map(|n| enable(&ssh.admin.agent, n).status).collect();

    // Turning it on for the test counts as well, ten minutes ago.
    assert!(answers[..29].iter().all(|status| *status == 200), "{answers:?}");
    assert!(answers.contains(&429), "{answers:?}");
    let rotated = ssh.admin.agent.post("/api/ssh-ca-keys", &json!({"kind": "user"}));
    assert_eq!(rotated.error(), "429 rate_limited");
    ssh.delete("/api/ssh-authority").ok();
}
