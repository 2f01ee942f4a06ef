//! The ways out of every lock-out, on both engines, from end to end.

use std::fs;

use pocketid::store::schema::Schema;
use serde_json::{Value, json};

use crate::support::{
    agent::Agent, cli::Cli, ports::free_port, postgres, server::Server,
    soft_authenticator::SoftAuthenticator,
};

const KEY: &str = "the key of the database";

/// An installation with an administrator `alice`, at a port of its own.
struct Installation {
    cli: Cli,
    port: u16,
}

impl Installation {
    fn new(cli: Cli) -> Self {
        let port = free_port();
        let cli = cli.with("APP_URL", &format!("http://localhost:{port}"));
        let cli = cli.with("PORT", &port.to_string()).with("ENCRYPTION_KEY", KEY);
        cli.run("user add alice --admin").expect_success();
        Self { cli, port }
    }

    fn with(self, name: &str, value: &str) -> Self {
        Self { cli: self.cli.with(name, value), ..self }
    }

    fn serve(&self) -> Server {
        self.cli.serve_at(self.port)
    }

    fn base_url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Opens the link that a command printed, as a browser does.
    fn follow(&self, printed: &str) -> Agent {
        let link = printed.lines().next().unwrap();
        let code = link.rsplit_once("/lc/").unwrap().1;
        let mut agent = Agent::new(&self.base_url());
        assert_eq!(agent.get(&format!("/lc/{code}")).status, 200);
        agent.post(&format!("/api/one-time-access-token/{code}"), &Value::Null).ok();
        agent
    }

    /// Follows a link and makes a passkey.
    fn make_passkey(&self, printed: &str) -> SoftAuthenticator {
        let mut authenticator = SoftAuthenticator::new(&self.base_url());
        authenticator.register(&mut self.follow(printed)).ok();
        authenticator
    }

    /// Whether a passkey signs in.
    fn lets_in(&self, authenticator: &mut SoftAuthenticator) -> bool {
        let mut agent = Agent::new(&self.base_url());
        authenticator.sign_in(&mut agent).status == 200 && agent.get("/api/users/me").status == 200
    }

    /// The kinds of the audit entries.
    fn audit(&self) -> Vec<String> {
        let entries = self.cli.run("audit list -o json --limit 100").ok();
        let entries: Value = serde_json::from_str(&entries).unwrap();
        let kinds = entries.as_array().unwrap().iter();
        kinds.map(|entry| entry["event"].as_str().unwrap().to_owned()).collect()
    }
}

/// On SQLite and on PostgreSQL.
fn on_both(test: impl Fn(Installation)) {
    test(Installation::new(Cli::new()));
    let database = postgres::new_database();
    let cli = Cli::new().with("DB_CONNECTION_STRING", &database).with("ENCRYPTION_KEY", KEY);
    test(Installation::new(cli));
}

#[test]
fn who_lost_their_passkey_is_let_in_by_a_link_whether_the_server_is_down_or_up() {
    on_both(|place| {
        let made_while_down = place.cli.run("recover alice").ok();
        assert!(made_while_down.starts_with(&format!("{}/lc/", place.base_url())));

        let _server = place.serve();
        let mut first = place.make_passkey(&made_while_down);
        assert!(place.lets_in(&mut first));

        let made_while_up = place.cli.run("recover alice").ok();
        let mut second = place.make_passkey(&made_while_up);
        assert!(place.lets_in(&mut second));
        assert!(place.lets_in(&mut first), "the other one may turn up again");

        let code = made_while_up.lines().nth(1).unwrap();
        let again = Agent::new(&place.base_url())
            .post(&format!("/api/one-time-access-token/{code}"), &Value::Null);
        assert_eq!(again.status, 401, "a link works once");
    });
}

#[test]
fn where_the_last_administrator_is_gone_set_up_makes_another_one_and_says_so() {
    for verb in ["disable", "remove"] {
        on_both(|place| {
            let _server = place.serve();
            place.cli.run(&format!("user {verb} alice --yes")).expect_success();

            let made = place.cli.run("setup --username root");

            let told = "warning: an earlier administrator was deleted or disabled";
            assert!(made.stderr.starts_with(told), "{}", made.stderr);
            let mut passkey = place.make_passkey(&made.stdout);
            assert!(place.lets_in(&mut passkey));
            assert!(place.audit().contains(&"ADMINISTRATOR_REPLACED".to_owned()));
            assert_eq!(place.cli.run("setup --username mallory").code, Some(1));
        });
    }
}

/// Passkeys are bound to the host that they were made at (WebAuthn L3 §5.1.2).
#[test]
fn at_another_address_passkeys_do_not_work_and_everybody_is_told_what_to_do() {
    on_both(|place| {
        let server = place.serve();
        let mut old = place.make_passkey(&place.cli.run("recover alice").ok());
        drop(server);
        let right = place.base_url();
        let wrong = format!("http://id.localhost:{}", place.port);

        let place = place.with("APP_URL", &wrong);
        let server = place.serve();
        assert!(!place.lets_in(&mut old));
        let found = place.cli.run("doctor --offline");
        assert_eq!(found.code, Some(1));
        let told = "passkeys were registered at localhost, and do not work at id.localhost";
        assert!(found.stdout.contains(told), "{}", found.stdout);
        let link = place.cli.run("recover alice").ok();
        assert!(link.starts_with(&format!("{wrong}/lc/")), "{link}");
        server.signal("TERM");
        let (_, log) = server.wait();
        assert!(log.contains(told), "{log}");

        // To stay there: a link, and a passkey of the new host.
        let server = place.serve();
        let mut new = SoftAuthenticator::new(&wrong);
        new.rp_id = "id.localhost".to_owned();
        new.register(&mut place.follow(&link)).ok();
        assert!(place.lets_in(&mut new));
        assert!(!place.cli.run("doctor --offline").stdout.contains("do not work at"));
        drop(server);

        // To go back: the old passkey was never lost.
        let place = place.with("APP_URL", &right);
        let _server = place.serve();
        assert!(place.lets_in(&mut old));
    });
}

#[test]
fn a_lost_encryption_key_costs_the_signing_keys_and_no_account() {
    on_both(|place| {
        let made = place.cli.run("client create app --id app -o json").ok();
        let made: Value = serde_json::from_str(&made).unwrap();
        let secret = made["clientSecret"].as_str().or(made["secret"].as_str()).unwrap().to_owned();
        let server = place.serve();
        let mut passkey = place.make_passkey(&place.cli.run("recover alice").ok());
        drop(server);
        let old_keys = place.cli.run("keys list").ok();

        let place = place.with("ENCRYPTION_KEY", "another key than that of the database");
        let refused = place.cli.run("serve --listen 127.0.0.1:0");
        assert!(refused.stderr.contains("rotate-encryption-key --lost-key"), "{}", refused.stderr);
        place.cli.run("rotate-encryption-key --lost-key").expect_failure(2);
        assert_eq!(place.cli.run("keys list").ok(), old_keys, "nothing without a yes");

        let replaced = place.cli.run("rotate-encryption-key --lost-key --yes -o json");

        assert_eq!(replaced.code, Some(0), "{}", replaced.stderr);
        assert!(replaced.stderr.starts_with("warning: the secrets of the lost key were deleted"));
        let dropped: Value = serde_json::from_str(&replaced.stdout).unwrap();
        assert_eq!(dropped["dropped"]["signing_keys.sealed_pkcs8"], 2, "{dropped}");
        assert!(place.audit().contains(&"ENCRYPTION_KEY_REPLACED".to_owned()));
        let new_keys = place.cli.run("keys list").ok();
        assert_eq!(new_keys.lines().count(), 2);
        assert!(old_keys.lines().all(|line| !new_keys.contains(line)), "{new_keys}");
        let _server = place.serve();
        assert!(place.lets_in(&mut passkey), "passkeys stay");
        let fields = [("token", "x"), ("client_id", "app"), ("client_secret", &secret)];
        let answer = Agent::new(&place.base_url()).post_form("/api/oidc/introspect", &fields);
        assert_eq!(answer.ok().json(), json!({ "active": false }), "client secrets stay");
    });
}

/// Of two places that hold the key, the database is the one that has to be believed.
#[test]
fn a_key_that_opens_everything_is_not_taken_for_lost() {
    on_both(|place| {
        drop(place.serve());
        let before = place.cli.run("keys list").ok();
        place.cli.run("rotate-encryption-key --lost-key --yes").refused(
            1,
            &[
                "error: cannot treat the encryption key as lost: the one in ENCRYPTION_KEY \
                 decrypts every secret in the database",
                "hint: nothing was changed",
            ],
        );
        assert_eq!(place.cli.run("keys list").ok(), before);
    });
}

#[test]
fn where_the_file_of_the_key_is_gone_another_one_is_made() {
    let place = Installation::new(Cli::new()).with("ENCRYPTION_KEY", "");
    drop(place.serve());
    fs::remove_file(place.cli.path("data/encryption.key")).unwrap();
    place.cli.run("serve --listen 127.0.0.1:0").expect_failure(3);

    place.cli.run("rotate-encryption-key --lost-key --yes").expect_success();

    assert!(place.cli.path("data/encryption.key").exists());
    drop(place.serve());
}

/// One value that is broken costs no other one.
#[test]
fn only_what_does_not_open_is_dropped() {
    let cli = Cli::new().with_empty_database();
    cli.run("rotate-keys").expect_success();
    let broken = "UPDATE signing_keys SET sealed_pkcs8 = x'00' WHERE algorithm = 'ES256'";
    cli.database().execute(broken, []).unwrap();
    let keys = cli.run("keys list").ok();
    let kept = keys.lines().find(|line| line.contains("RS256")).unwrap();

    cli.run("rotate-encryption-key --lost-key --yes").expect_success();

    let keys = cli.run("keys list").ok();
    assert!(keys.contains(kept) && keys.contains("ES256"), "{keys}");
}

#[test]
fn a_database_that_is_newer_than_the_program_is_left_as_it_is() {
    let newer = "UPDATE schema_version SET version = 99";
    let database = postgres::new_database();
    let place = Cli::new().with("DB_CONNECTION_STRING", &database).with("ENCRYPTION_KEY", KEY);
    place.run("user add alice").expect_success();
    let mut client = crate::support::postgres::connect(&database);
    client.batch_execute(newer).unwrap();

    for line in ["user list", "recover alice", "serve --listen 127.0.0.1:0", "rotate-keys"] {
        place.run(line).refused(
            4,
            &[
                &format!(
                    "error: cannot use the database: its schema version 99 is newer than {}, the \
                     newest that this program supports",
                    Schema::NEWEST
                ),
                "hint: upgrade pocketid: a newer version has used this database; nothing was \
                 changed. Or go back to the data from before the upgrade, which was kept: pocketid \
                 rollback",
            ],
        );
    }
}
