//! `pocketid signup-token`

use serde_json::{Value, json};

use crate::support::{
    cli::{Cli, redact},
    postgres,
};

/// On SQLite and on PostgreSQL, with two groups, where invited people may sign up.
fn on_both(test: impl Fn(Cli)) {
    let key = ("ENCRYPTION_KEY", "a key of sixteen bytes");
    for cli in [
        Cli::new().with_empty_database(),
        Cli::new().with("DB_CONNECTION_STRING", &postgres::new_database()),
    ] {
        let cli = cli.with(key.0, key.1);
        cli.run("group create family").expect_success();
        cli.run("group create friends").expect_success();
        cli.run("config set allowUserSignups withToken").expect_success();
        test(cli);
    }
}

fn json_of(cli: &Cli, line: &str) -> Value {
    serde_json::from_str(&cli.run(line).ok()).unwrap()
}

#[test]
fn a_link_its_token_and_their_end_are_printed() {
    on_both(|cli| {
        let made = cli.run("signup-token create").ok();

        let lines: Vec<_> = made.lines().collect();
        assert_eq!(lines[0], format!("https://id.example.com/st/{}", lines[1]));
        assert_eq!((lines[1].len(), redact(lines[2]).as_str(), lines.len()), (16, "TIME", 3));
        let listed = cli.run("signup-token list").ok();
        assert!(listed.starts_with("0 of 1\tnone\t"), "{listed}");
        assert!(!listed.contains(lines[1]), "it is shown once");
        let audit = cli.run("audit list --event SIGNUP_TOKEN_CREATED -o json").ok();
        assert!(!audit.contains(lines[1]), "{audit}");
        assert!(audit.contains("\"usageLimit\": \"1\""), "{audit}");
    });
}

#[test]
fn an_invitation_may_be_for_several_and_lead_into_groups() {
    on_both(|cli| {
        let line = "signup-token create --uses 10 --ttl 14d --group friends --group family --group \
                    family -o json";
        let made = json_of(&cli, line);

        assert_eq!((&made["usageLimit"], &made["usageCount"]), (&json!(10), &json!(0)));
        let groups = made["userGroups"].as_array().unwrap();
        let names: Vec<_> = groups.iter().map(|group| group["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["family", "friends"]);
        let listed = json_of(&cli, "signup-token list -o json");
        assert_eq!(listed[0]["id"], made["id"]);
        assert!(listed[0]["token"].is_null());
        assert!(cli.run("signup-token list").ok().starts_with("0 of 10\tfamily, friends\t"));
        // The group goes, the invitation stays.
        cli.run("group delete family --yes").expect_success();
        assert!(cli.run("signup-token list").ok().starts_with("0 of 10\tfriends\t"));
    });
}

#[test]
fn an_invitation_is_taken_back_when_it_is_meant() {
    on_both(|cli| {
        let made = json_of(&cli, "signup-token create -o json");
        let id = made["id"].as_str().unwrap();
        cli.run(&format!("signup-token delete {id}")).expect_failure(2);

        let gone = cli.run(&format!("signup-token delete {id} --yes"));

        assert_eq!(gone.code, Some(0));
        cli.run("signup-token list").expect(0, "", "");
        let again = cli.run(&format!("signup-token remove {id} --yes"));
        assert!(again.stderr.starts_with("error: there is no invitation "), "{}", again.stderr);
        again.expect_failure(1);
        let minded = cli.run(&format!("signup-token delete {id} --yes --if-present"));
        assert_eq!(minded.code, Some(0));
        cli.run("signup-token delete nonsense --yes").expect_failure(2);
    });
}

#[test]
fn what_cannot_be_is_refused_and_makes_nothing() {
    on_both(|cli| {
        for (line, code) in [
            ("--uses 0", 2),
            ("--uses 101", 2),
            ("--uses many", 2),
            ("--ttl 32d", 2),
            ("--ttl 1s", 2),
            ("--group familly", 1),
        ] {
            cli.run(&format!("signup-token create {line}")).expect_failure(code);
        }
        let refused = cli.run("signup-token create --group familly");
        assert!(refused.stderr.contains("hint: did you mean family?"), "{}", refused.stderr);
        cli.run("signup-token list").expect(0, "", "");
    });
}

#[test]
fn a_person_gets_a_qr_code() {
    let cli = Cli::new().with_empty_database();
    let shown = cli.run_on_terminal("signup-token create --uses 3", "");
    assert!(shown.stdout.contains("It works 3 times, until "), "{}", shown.stdout);
    assert!(shown.stdout.contains('█'), "{}", shown.stdout);
}
