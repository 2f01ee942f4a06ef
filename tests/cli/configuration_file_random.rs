//! Whatever an installation is, its export makes it again: a property, held against random ones.

use crate::support::cli::Cli;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn pick<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.roll(all.len())]
    }

    /// Some of them, in their order.
    fn some(&mut self, all: &[String]) -> Vec<String> {
        all.iter().filter(|_| self.roll(2) == 0).cloned().collect()
    }

    fn flag(&mut self) -> bool {
        self.roll(2) == 0
    }
}

/// Words that a careless writer of YAML gets wrong.
const WORDS: &[&str] = &[
    "plain",
    "yes",
    "null",
    "1.5",
    "0x10",
    "- dash",
    "a: b",
    "a #b",
    "'quoted'",
    "\"double\"",
    "中文",
    "~",
    "{x}",
    "[y]",
    "&amp",
    "*star",
    "%dir",
    "@at",
    "`tick",
    "back\\slash",
    "end:",
    "é",
    "True",
    "!t",
];

/// An installation in JSON, which is YAML.
fn random_installation(dice: &mut Dice) -> serde_json::Value {
    use serde_json::json;
    let names = |what: &str, count: usize| -> Vec<String> {
        (0..count).map(|number| format!("{what}{number}")).collect()
    };
    let (users, groups, clients) =
        (names("user", dice.roll(5)), names("group", dice.roll(4)), names("client", dice.roll(4)));
    let claims = |dice: &mut Dice| -> Vec<serde_json::Value> {
        let some = dice.roll(3);
        (0..some)
            .map(|n| json!({"key": format!("k{n}"), "value": format!("v {}", dice.pick(WORDS))}))
            .collect()
    };
    let users_json: Vec<_> = users.iter().map(|name| json!({
        "username": name, "email": dice.flag().then(|| format!("{name}@example.com")),
        "emailVerified": dice.flag(), "firstName": dice.pick(WORDS), "lastName": dice.pick(WORDS),
        "displayName": dice.pick(WORDS), "isAdmin": dice.flag(), "disabled": dice.flag(),
        "locale": dice.flag().then_some("zh-CN"), "customClaims": claims(dice),
    })).collect();
    let groups_json: Vec<_> = groups.iter().map(|name| json!({
        "name": name, "friendlyName": format!("x {}", dice.pick(WORDS)), "members": dice.some(&users),
        "customClaims": claims(dice),
    })).collect();
    let clients_json: Vec<_> = clients.iter().map(|id| {
        let is_public = dice.flag();
        json!({
            "id": id, "name": format!("n {}", dice.pick(WORDS)), "isPublic": is_public,
            "pkceEnabled": is_public || dice.flag(), "skipConsent": dice.flag(), "dpopBoundAccessTokens": dice.flag(), "tlsClientCertificateBoundAccessTokens": dice.flag(),
            "callbackURLs": [format!("https://{id}.example.com/*"), "https://a.example/cb"],
            "launchURL": dice.flag().then_some("https://a.example/?a=b&c#d"),
            "allowedUserGroups": dice.some(&groups), "isGroupRestricted": dice.flag(),
            "idTokenSignedResponseAlg": dice.pick(&["RS256", "ES256", "EdDSA"]),
            "accessTokenDurationMinutes": 1 + dice.roll(500),
            "claims": [{"name": "team", "value": dice.pick(&["{\"a\":[1]}", "red", "[]"])},
                       {"name": "rank", "from": "k0", "scope": "photos"}],
            "secrets": if is_public { vec![] } else { vec![json!({"env": "A_SECRET"})] },
            "federatedIdentities": if is_public || dice.flag() { vec![] } else {
                vec![json!({"issuer": "https://issuer.example", "subject": dice.pick(WORDS)})] },
        })
    }).collect();
    let keys = names("perm", dice.roll(4));
    let grants: Vec<_> = dice
        .some(&clients)
        .into_iter()
        .map(|id| {
            json!({
                "clientId": id, "subjectType": "user", "permissions": dice.some(&keys),
            })
        })
        .collect();
    let permissions: Vec<_> = keys.iter().map(|key| json!({
        "key": key, "name": format!("p {}", dice.pick(WORDS)), "description": dice.pick(WORDS), "allowedForCimdClients": dice.flag(),
    })).collect();
    json!({
        "users": users_json, "groups": groups_json, "clients": clients_json,
        "apis": [{"resource": "https://api.example.com", "name": "Api", "allowCimdClients": dice.flag(),
                  "permissions": permissions, "clients": grants}],
        "settings": {"appName": format!("x {}", dice.pick(WORDS)), "sessionDuration": 1 + dice.roll(100),
            "emailsVerified": dice.flag(), "accentColor": dice.pick(&["#123456", "default", "oklch(0.6 0.2 20)"]),
            "signupDefaultCustomClaims": claims(dice), "smtpUser": dice.pick(WORDS)},
    })
}

/// Whatever there is, its export makes it again.
#[test]
fn random_installations_survive_being_exported_and_applied() {
    let mut dice = Dice(15);
    for round in 0..12 {
        let installation = random_installation(&mut dice).to_string();
        let cli =
            Cli::on_the_engine_of_the_tests().with("A_SECRET", "a-secret-that-is-long-enough");
        cli.write("it.yaml", &installation);
        let applied = cli.run("apply -f it.yaml");
        assert_eq!(applied.code, Some(0), "round {round}: {}\n{installation}", applied.stderr);
        cli.run("diff -f it.yaml --prune").expect(0, "", "");
        let exported = cli.run("export-config --with-secrets").ok();

        let other = Cli::on_the_engine_of_the_tests();
        other.write("it.yaml", &exported);
        let applied = other.run("apply -f it.yaml");
        assert_eq!(applied.code, Some(0), "round {round}: {}\n{exported}", applied.stderr);
        assert_eq!(other.run("export-config --with-secrets").ok(), exported, "round {round}");
        for line in ["user list", "group list", "client list", "api list"] {
            let line = format!("{line} -o json");
            assert_eq!(other.run(&line).json(), cli.run(&line).json(), "round {round}: {line}");
        }
    }
}
