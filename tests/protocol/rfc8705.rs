//! RFC 8705: clients that prove who they are by a TLS certificate, and tokens that are bound to one.
//! The proxy is a header here; `tests/proxies/` has real ones.

mod bound_tokens;
mod proxies;

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::{
    crypto::{Algorithm, Certificate, JwkSet},
    model::{Client, SecurityProfile, TlsClientAuth},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    agent::{Agent, Answer},
    authority::{new_authority, new_client_certificate},
    dpop::ProofKey,
    flow::{CHALLENGE, VERIFIER},
    op::{TestClient, TestOp},
};

const HEADER: &str = "x-client-certificate";
const SETTINGS: [(&str, &str); 2] =
    [("TRUST_PROXY", "127.0.0.1"), ("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate")];
const PKCE: [(&str, &str); 2] = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
const NAMES: &str = "subjectAltName=DNS:app.example.com,DNS:*.wild.example.com,\
                     URI:https://app.example.com/id,IP:192.0.2.7,email:app@example.com";

/// A folder with the authorities `ca` and `other`, and certificates.
struct Certificates(TempDir);

impl Certificates {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        new_authority(folder.path(), "ca");
        new_authority(folder.path(), "other");
        Self(folder)
    }

    /// Issues a certificate of this name.
    fn issue(&self, authority: &str, name: &str, options: &[&str]) -> String {
        new_client_certificate(self.0.path(), Some(authority), name, options)
    }

    /// Makes a certificate that signs itself.
    fn own(&self, name: &str) -> String {
        new_client_certificate(self.0.path(), None, name, &[])
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.path().join(name)).expect("a file")
    }

    /// The settings of a client with a name and the authority `ca`.
    fn auth(&self, kind: &str, name: &str) -> TlsClientAuth {
        let json = json!({kind: name, "certificateAuthorities": self.read("ca.pem")});
        serde_json::from_value(json).expect("a name and authorities")
    }
}

/// As nginx sends it: `$ssl_client_escaped_cert`.
fn escaped(pem: &str) -> String {
    let mut text = String::new();
    for byte in pem.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a text");
        }
    }
    text
}

fn proxied(op: &TestOp, pem: &str) -> Agent {
    op.agent().with_header(HEADER, &escaped(pem))
}

/// A token request with the client's id alone.
fn token(agent: &mut Agent, client: &TestClient, fields: &[(&str, &str)]) -> Answer {
    let id = [("client_id", client.id.as_str())];
    agent.post_form("/api/oidc/token", &[fields, &id].concat())
}

fn for_itself(agent: &mut Agent, client: &TestClient) -> Answer {
    token(agent, client, &[("grant_type", "client_credentials")])
}

fn with_certificate(
    op: &TestOp,
    certificates: &Certificates,
    change: impl FnOnce(&mut Client),
) -> TestClient {
    let auth = certificates.auth("sanDns", "app.example.com");
    op.client_with("https://app.example.com/callback", |client| {
        client.keys.tls_client_auth = Some(auth);
        change(client);
    })
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).expect("a JWT");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).expect("base64")).expect("JSON")
}

fn text(json: &Value, name: &str) -> String {
    json[name].as_str().unwrap_or_else(|| panic!("no {name}: {json}")).to_owned()
}

fn thumbprint(pem: &str) -> String {
    Certificate::from_pem(pem).expect("a certificate")[0].thumbprint().as_str().to_owned()
}

fn userinfo(mut agent: Agent, scheme: &str, token: &str) -> Answer {
    agent = agent.with_header("authorization", &format!("{scheme} {token}"));
    agent.get("/api/oidc/userinfo")
}

/// Signs somebody in to the application, which redeems the code with a certificate.
fn tokens(op: &TestOp, client: &TestClient, name: &str, pem: &str) -> Answer {
    let code = op.person(name).code(client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    token(&mut proxied(op, pem), client, &fields)
}

/// §2.1.2: by whichever name.
#[test]
fn a_certificate_of_its_authority_authenticates_a_client() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let pem = certificates.issue(
        "ca",
        "app",
        &["-addext", NAMES, "-addext", "extendedKeyUsage=clientAuth", "-subj", "/C=DE/O=A, B/CN=x"],
    );
    for (kind, name) in [
        ("subjectDn", "CN=x,O=A\\, B,C=DE"),
        ("sanDns", "APP.example.com"),
        ("sanUri", "https://app.example.com/id"),
        ("sanIp", "192.0.2.7"),
        ("sanEmail", "app@example.com"),
    ] {
        let auth = certificates.auth(kind, name);
        let client = op.client_with("https://app.example.com/callback", |client| {
            client.keys.tls_client_auth = Some(auth);
        });

        let answer = for_itself(&mut proxied(&op, &pem), &client).ok().json();

        let access_token = text(&answer, "access_token");
        assert_eq!(claims(&access_token)["client_id"], client.id, "{kind}");
        assert_eq!(claims(&access_token).get("cnf"), None, "{kind}: it did not ask for that");
        let fields = [("token", access_token.as_str()), ("client_id", &client.id)];
        let described = proxied(&op, &pem).post_form("/api/oidc/introspect", &fields).ok().json();
        assert_eq!(described["active"], true, "{kind}");
        assert_eq!(proxied(&op, &pem).post_form("/api/oidc/revoke", &fields).status, 200);
    }
}

/// §2.2: the certificate stands in the client's own JWK Set, and no authority is asked.
#[test]
fn a_certificate_of_its_own_authenticates_a_client() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let (own, stranger) = (certificates.own("own"), certificates.own("stranger"));
    let certificate = Certificate::from_pem(&own).expect("a certificate").remove(0);
    let jwk = certificate.jwk().expect("a key");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.keys.jwks = Some(JwkSet { keys: vec![jwk.clone()] });
        client.keys.tls_client_auth = Some(TlsClientAuth::SelfSigned);
    });

    for_itself(&mut proxied(&op, &own), &client).ok();
    let signing = op.client_with("https://app.example.com/callback", |client| {
        client.keys.jwks = Some(JwkSet { keys: vec![jwk.clone()] });
    });
    let refused = for_itself(&mut proxied(&op, &own), &signing);
    assert_eq!(
        refused.error(),
        "401 invalid_client",
        "the certificate of a key says nothing by itself"
    );

    let refused = for_itself(&mut proxied(&op, &stranger), &client);
    assert_eq!(refused.error(), "401 invalid_client");
    op.advance(3 * 86_400);
    assert_eq!(for_itself(&mut proxied(&op, &own), &client).error(), "401 invalid_client");
}

/// A key without a certificate is for signatures only.
#[test]
fn a_key_alone_lets_no_certificate_in() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let mut jwk = Certificate::from_pem(&own).expect("a certificate")[0].jwk().expect("a key");
    jwk.x5c = None;
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.keys.jwks = Some(JwkSet { keys: vec![jwk] });
        client.keys.tls_client_auth = Some(TlsClientAuth::SelfSigned);
    });
    assert_eq!(for_itself(&mut proxied(&op, &own), &client).error(), "401 invalid_client");
}

#[test]
fn a_certificate_that_proves_nothing_is_refused() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let issue = |authority, name, more: &[&str]| {
        escaped(&certificates.issue(authority, name, &[&names, more].concat()))
    };
    let client = with_certificate(&op, &certificates, |_| {});
    let good = issue("ca", "good", &[]);
    for_itself(&mut op.agent().with_header(HEADER, &good), &client).ok();
    let before = op.count("client_access_tokens");
    let of_other = escaped(&certificates.own("own"));
    let named = |name: &str| {
        let option = format!("subjectAltName=DNS:{name}");
        escaped(&certificates.issue("ca", "named", &["-addext", &option]))
    };
    let (pem, key) = (certificates.read("good.pem"), certificates.read("good.key"));
    let longer = format!("{good}{}", "%20".repeat(4_000));

    for (fault, header, error) in [
        ("no certificate", String::new(), "401 invalid_client"),
        ("another authority", issue("other", "forged", &[]), "401 invalid_client"),
        ("its own authority", of_other, "401 invalid_client"),
        ("the authority", escaped(&certificates.read("ca.pem")), "401 invalid_client"),
        ("another name", named("evil.example.com"), "401 invalid_client"),
        ("a wildcard", named("*.example.com"), "401 invalid_client"),
        ("a longer name", named("app.example.com.evil.example"), "401 invalid_client"),
        (
            "for servers",
            issue("ca", "server", &["-addext", "extendedKeyUsage=serverAuth"]),
            "401 invalid_client",
        ),
        (
            "the name in the subject only",
            escaped(&certificates.issue("ca", "subject", &["-subj", "/CN=app.example.com"])),
            "401 invalid_client",
        ),
        ("two", escaped(&format!("{pem}{pem}")), "401 invalid_client"),
        ("a private key", escaped(&format!("{pem}{key}")), "401 invalid_client"),
        ("the private key", escaped(&key), "401 invalid_client"),
        ("garbage", "x".repeat(500), "401 invalid_client"),
        ("half", good[..good.len() / 2].to_owned(), "401 invalid_client"),
        ("too long", longer, "401 invalid_client"),
    ] {
        let refused = for_itself(&mut op.agent().with_header(HEADER, &header), &client);
        assert_eq!(refused.error(), error, "{fault}");
    }
    let mut twice = op.agent().with_header(HEADER, &good).with_header(HEADER, &good);
    assert_eq!(for_itself(&mut twice, &client).error(), "401 invalid_client");
    // The answer does not tell which clients use certificates.
    let with_secret = op.client();
    assert_eq!(for_itself(&mut twice, &with_secret).text(), for_itself(&mut twice, &client).text());
    let mut none = op.agent();
    assert_eq!(for_itself(&mut none, &client).error(), "401 invalid_client");
    let other = op.client();
    let refused = for_itself(&mut op.agent().with_header(HEADER, &good), &other);
    assert_eq!(refused.error(), "401 invalid_client", "of another client");
    op.advance(3 * 86_400);
    let refused = for_itself(&mut op.agent().with_header(HEADER, &good), &client);
    assert_eq!(refused.error(), "401 invalid_client", "expired");
    op.advance(-6 * 86_400);
    let refused = for_itself(&mut op.agent().with_header(HEADER, &good), &client);
    assert_eq!(refused.error(), "401 invalid_client", "not yet");
    assert_eq!(op.count("client_access_tokens"), before);
}

/// FAPI 2.0 §5.3.2.1: mutual TLS for both, the client and its tokens.
#[test]
fn a_client_of_fapi_may_use_certificates() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let pem = certificates.issue("ca", "app", &names);
    let client = with_certificate(&op, &certificates, |client| {
        client.security_profile = Some(SecurityProfile::Fapi2);
        client.id_token_signed_response_alg = Algorithm::Es256;
    });
    let secret = [("grant_type", "client_credentials"), ("client_secret", &*client.secret)];
    let refused = token(&mut proxied(&op, &pem), &client, &secret);
    assert_eq!(refused.error(), "401 invalid_client", "a secret is of no use");
    let fields = client.authorize_fields(&PKCE);
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let refused = op.agent().post_form("/api/oidc/par", &fields);
    assert_eq!(refused.error(), "401 invalid_client");

    let pushed = proxied(&op, &pem).post_form("/api/oidc/par", &fields).ok().json();
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("request_uri", pushed["request_uri"].as_str().unwrap())
        .finish();
    let mut alice = op.person("alice");
    let answer = alice.agent.get(&format!("/authorize?{query}"));
    let code = alice.walk(answer).location_param("code").expect("a code");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    let answer = token(&mut proxied(&op, &pem), &client, &fields).ok().json();

    let access_token = text(&answer, "access_token");
    assert_eq!(claims(&access_token)["cnf"], json!({"x5t#S256": thumbprint(&pem)}));
    userinfo(proxied(&op, &pem), "Bearer", &access_token).ok();
    assert_eq!(op.userinfo(&access_token).error(), "401 invalid_token");
    // With a proof, tokens are bound to its key instead.
    let key = ProofKey::of(Algorithm::Es256);
    let fields = [("grant_type", "client_credentials")];
    let mut agent = proxied(&op, &pem).with_header("dpop", &key.proof(&op));
    let answer = token(&mut agent, &client, &fields).ok().json();
    assert_eq!(claims(&text(&answer, "access_token"))["cnf"], json!({"jkt": key.jkt()}));
}

/// A secret from before would be a way around the certificate.
#[test]
fn a_client_with_certificates_cannot_use_a_secret() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let pem = certificates.issue("ca", "app", &["-addext", "subjectAltName=DNS:app.example.com"]);
    let client = with_certificate(&op, &certificates, |_| {});
    let grant = [("grant_type", "client_credentials")];
    assert_eq!(op.token(&client, &grant).error(), "401 invalid_client");
    let both = [grant[0], ("client_secret", client.secret.as_str())];
    let refused = token(&mut proxied(&op, &pem), &client, &both);
    assert_eq!(refused.error(), "401 invalid_client");

    op.execute("UPDATE clients SET tls_client_auth = NULL");

    op.token(&client, &grant).ok();
}

#[test]
fn a_certificate_that_may_not_issue_others_is_no_authority() {
    let certificates = Certificates::new();
    let own = certificates.own("own");
    let encipher =
        certificates.issue("ca", "no-sign", &["-addext", "keyUsage=critical,digitalSignature"]);
    let authority = certificates.read("ca.pem");
    let read = |pem: &str| {
        let json = json!({"sanDns": "app.example.com", "certificateAuthorities": pem});
        serde_json::from_value::<TlsClientAuth>(json)
    };
    let good = read(&authority).expect("an authority");
    let now = TestOp::with_settings(&[]).now().as_unix();
    assert!(good.is_valid_at(now));
    assert!(!good.is_valid_at(now + 60 * 86_400), "then it is refused as well");
    for bad in [&own, &encipher, &format!("{authority}{own}")] {
        let fault = read(bad).expect_err("no authority").to_string();
        assert!(fault.contains("may not issue others"), "{fault}");
    }
}

/// The verifier itself takes an authority of whatever age.
#[test]
fn an_authority_that_has_expired_vouches_for_no_client() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com", "-days", "300"];
    let pem = certificates.issue("ca", "app", &names);
    let client = with_certificate(&op, &certificates, |_| {});
    for_itself(&mut proxied(&op, &pem), &client).ok();
    // OpenSSL makes the authority for 30 days.
    op.advance(60 * 86_400);
    assert_eq!(for_itself(&mut proxied(&op, &pem), &client).error(), "401 invalid_client");
}

#[test]
fn only_keys_that_are_known_to_be_strong_are_taken() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let client = with_certificate(&op, &certificates, |client| client.requires_mtls = true);
    for (curve, is_taken) in [
        ("prime256v1", true),
        ("secp384r1", true),
        ("secp256k1", false),
        ("prime192v1", false),
        ("secp224r1", false),
    ] {
        let option = format!("ec_paramgen_curve:{curve}");
        let pem = certificates.issue("ca", curve, &[&names[..], &["-pkeyopt", &option]].concat());
        let answer = for_itself(&mut proxied(&op, &pem), &client);
        assert_eq!(answer.status == 200, is_taken, "{curve} {answer:?}");
    }
    // Also where it is only for binding, which verifies no signature of the authority.
    let bound = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let fields = [("grant_type", "client_credentials"), ("client_secret", &*bound.secret)];
    let weak = certificates.read("prime192v1.pem");
    assert_eq!(token(&mut proxied(&op, &weak), &bound, &fields).error(), "400 invalid_request");
}

/// Sets of other issuers and keys of proofs are read for their keys alone.
#[test]
fn a_certificate_of_another_form_does_not_make_a_key_unreadable() {
    let own = Certificates::new().own("own");
    let jwk = Certificate::from_pem(&own).expect("a certificate")[0].jwk().expect("a key");
    let good = json!({"keys": [jwk]});
    assert!(pocketid::model::parse_jwks(&good).is_ok());
    for odd in [json!("MIIB"), json!([1]), json!({}), Value::Null] {
        let mut set = good.clone();
        set["keys"][0]["x5c"] = odd.clone();
        let read: JwkSet = serde_json::from_value(set.clone()).expect("a key");
        assert_eq!(read.keys[0].x5c, None, "{odd}");
        let fault = pocketid::model::parse_jwks(&set).expect_err("the client's own set");
        assert!(fault.contains("x5c"), "{odd}");
    }
}
