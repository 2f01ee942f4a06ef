//! One rule, every door: the terminal, the REST API and the configuration file do the same to an account.

use serde_json::{Value, json};

use super::{administrator, put};
use crate::{
    protocol::app_config::set,
    support::{agent::Agent, op::TestOp},
};

/// The doors, each of which changes an account of its own.
const DOORS: [&str; 3] = ["terminal", "api", "file"];

struct House {
    op: TestOp,
    root: Agent,
}

impl House {
    fn new() -> Self {
        let op = TestOp::start();
        let root = administrator(&op);
        Self { op, root }
    }

    /// Applies a file in which these fields of one user stand.
    fn apply(&self, fields: &str) -> i32 {
        let cli = self.op.cli();
        cli.write("it.yaml", format!("users: [{{{fields}}}]"));
        cli.run("apply -f it.yaml --yes").code.unwrap()
    }

    fn show(&self, name: &str) -> Value {
        serde_json::from_str(&self.op.beside(&format!("user show {name} -o json")).ok()).unwrap()
    }

    /// The body with which the API changes nothing.
    fn body(&self, name: &str) -> Value {
        self.show(name)
    }

    fn path(&self, name: &str) -> String {
        format!("/api/users/{}", self.show(name)["id"].as_str().unwrap())
    }

    /// Gives an account another email.
    fn change_email(&mut self, door: &str, name: &str) {
        let email = format!("new-{name}@example.com");
        match door {
            "terminal" => drop(self.op.beside(&format!("user update {name} --email {email}")).ok()),
            "api" => {
                let mut body = self.body(name);
                body["email"] = json!(email);
                body.as_object_mut().unwrap().remove("emailVerified");
                let path = self.path(name);
                put(&mut self.root, &path, &body).ok();
            }
            _ => assert_eq!(self.apply(&format!("username: {name}, email: {email}")), 0),
        }
    }

    /// Makes an account, without a word about whether its email is proven. Says whether that worked.
    fn add(&mut self, door: &str, name: &str, first: &str, last: &str) -> bool {
        let email = format!("{name}@example.com");
        match door {
            "terminal" => {
                let line = [
                    "user",
                    "add",
                    name,
                    "--email",
                    &email,
                    "--first-name",
                    first,
                    "--last-name",
                    last,
                ];
                self.op.beside_args(&line).code == Some(0)
            }
            "api" => {
                let body =
                    json!({"username": name, "email": email, "firstName": first, "lastName": last});
                self.root.post("/api/users", &body).status == 201
            }
            _ => {
                let fields = format!(
                    "username: {name}, email: {email}, firstName: {first}, lastName: {last}"
                );
                self.apply(&fields) == 0
            }
        }
    }

    /// Disables an account. Says whether that worked.
    fn disable(&mut self, door: &str, name: &str) -> bool {
        match door {
            "terminal" => self.op.beside(&format!("user disable {name}")).code == Some(0),
            "api" => {
                let mut body = self.body(name);
                body["disabled"] = json!(true);
                let path = self.path(name);
                put(&mut self.root, &path, &body).status == 200
            }
            _ => self.apply(&format!("username: {name}, disabled: true")) == 0,
        }
    }
}

#[test]
fn another_email_is_not_verified() {
    let mut house = House::new();
    for door in DOORS {
        let user = house.op.user(door);
        house.op.change_user(user.id, |user| user.email_verified = true);
        house.change_email(door, door);
        let shown = house.show(door);
        assert_eq!(
            (&shown["email"], &shown["emailVerified"]),
            (&json!(format!("new-{door}@example.com")), &json!(false)),
            "{door}"
        );
    }
    set(&house.op, "emailsVerified", "true");
    for door in DOORS {
        let name = format!("{door}2");
        house.op.user(&name);
        house.change_email(door, &name);
        assert_eq!(house.show(&name)["emailVerified"], true, "{door}: as the setting says");
    }
}

#[test]
fn emails_of_new_accounts_are_as_the_setting_says() {
    let mut house = House::new();
    for wanted in [false, true] {
        set(&house.op, "emailsVerified", if wanted { "true" } else { "false" });
        for door in DOORS {
            let name = format!("{door}-{wanted}");
            assert!(house.add(door, &name, "A", "B"), "{door}");
            assert_eq!(house.show(&name)["emailVerified"], wanted, "{door}");
        }
    }
}

#[test]
fn disabling_ends_everything_and_is_audited_alike() {
    let mut house = House::new();
    let mut told = Vec::new();
    for door in DOORS {
        let mut person = house.op.person(door);
        let client = house.op.client();
        let code = person.code(&client, &[("scope", "openid offline_access")]);
        let tokens = house.op.redeem(&client, &code).ok().json();
        house.op.beside(&format!("api-key create its --for {door}")).ok();
        let before = house.op.audit_kinds().len();

        assert!(house.disable(door, door), "{door}");

        told.push(house.op.audit_kinds().split_off(before));
        assert_eq!(person.agent.get("/api/users/me").error(), "401 not_signed_in", "{door}");
        let refreshed = house.op.refresh(&client, tokens["refresh_token"].as_str().unwrap());
        assert_eq!(refreshed.error(), "400 invalid_grant", "{door}");
        let now = house.op.now().as_unix();
        let keys = format!(
            "SELECT COUNT(*) FROM api_keys k JOIN users u ON u.id = k.user_id WHERE u.username = '{door}' AND k.expires_at > {now}"
        );
        assert_eq!(house.op.number(&keys), 0, "{door}");
    }
    assert_eq!(told, vec![vec!["ACCOUNT_DISABLED".to_owned()]; 3]);
}

#[test]
fn the_last_administrator_is_not_disabled_in_passing() {
    let mut house = House::new();
    for door in ["terminal", "api"] {
        assert!(!house.disable(door, "root"), "{door}");
    }
    assert_ne!(house.apply("username: root, disabled: true"), 0);
    assert_eq!(house.show("root")["disabled"], false);
}

/// Together with the space between them they are longer than a display name may be.
#[test]
fn two_long_names_make_no_display_name() {
    let mut house = House::new();
    let long = "n".repeat(50);
    for door in DOORS {
        let worked = house.add(door, &format!("{door}-long"), &long, &long);
        // The API of Pocket ID 2.14 makes no display name out of the others.
        assert_eq!(worked, door == "api", "{door}");
        assert!(house.add(door, &format!("{door}-fits"), &long, &"n".repeat(49)), "{door}");
    }
    assert_eq!(house.show("terminal-fits")["displayName"], house.show("file-fits")["displayName"]);
    let body =
        json!({"username": "x", "email": "x@example.com", "firstName": long, "lastName": long});
    set(&house.op, "allowUserSignups", "open");
    let refused = house.op.agent().post("/api/signup", &body);
    assert_eq!(super::fields(&refused), ["displayName too_long"]);
}
