//! RFC 8705: clients that prove who they are by a TLS certificate, and tokens that are bound to one.
//! The proxy is a header here; `tests/proxies/` has real ones.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::{
    crypto::{Algorithm, Certificate, JwkSet},
    model::{Client, ClientType, SecurityProfile, TlsClientAuth},
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

/// Certificates are no secret: a header from elsewhere proves nothing.
#[test]
fn only_a_trusted_proxy_is_believed_and_only_when_it_was_told_to() {
    let certificates = Certificates::new();
    let pem = certificates.issue("ca", "app", &["-addext", "subjectAltName=DNS:app.example.com"]);
    for settings in [
        &[("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate")][..],
        &[("CLIENT_CERTIFICATE_HEADER", "X-Client-Certificate"), ("TRUST_PROXY", "192.0.2.1")],
        &[("CLIENT_CERTIFICATE_HEADER", "Client-Cert"), ("TRUST_PROXY", "127.0.0.1")],
        &[("TRUST_PROXY", "127.0.0.1")],
    ] {
        let op = TestOp::with_settings(settings);
        let client = with_certificate(&op, &certificates, |_| {});
        let refused = for_itself(&mut proxied(&op, &pem), &client);
        assert_eq!(refused.error(), "401 invalid_client", "{settings:?}");
        let bound = op.client_with("https://app.example.com/callback", |client| {
            client.requires_mtls = true;
        });
        let mut agent = proxied(&op, &pem);
        let fields = [("grant_type", "client_credentials"), ("client_secret", &*bound.secret)];
        assert_eq!(token(&mut agent, &bound, &fields).error(), "400 invalid_request");
    }
}

/// §3, §3.1, §3.2.
#[test]
fn a_token_works_only_with_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    // Whoever issued it: the secret says who the client is.
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let refused = token(&mut op.agent(), &client, &fields);
    assert_eq!(refused.error(), "400 invalid_request", "it presents no certificate");

    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();

    assert_eq!(answer["token_type"], "bearer");
    let access_token = text(&answer, "access_token");
    let cnf = json!({"x5t#S256": thumbprint(&own)});
    assert_eq!(claims(&access_token)["cnf"], cnf);
    let fields = [
        ("token", access_token.as_str()),
        ("client_id", &client.id),
        ("client_secret", &client.secret),
    ];
    let described = op.agent().post_form("/api/oidc/introspect", &fields).ok().json();
    assert_eq!(described["cnf"], cnf);
    assert_eq!(described["token_type"], "Bearer");
    userinfo(proxied(&op, &own), "Bearer", &access_token).ok();
    for (case, agent, scheme) in [
        ("none", op.agent(), "Bearer"),
        ("another one", proxied(&op, &other), "Bearer"),
        ("another scheme", proxied(&op, &own), "DPoP"),
    ] {
        let refused = userinfo(agent, scheme, &access_token);
        assert_eq!(refused.error(), "401 invalid_token", "{case}");
        assert!(refused.header("www-authenticate").contains("invalid_token"), "{case}");
    }
    // The endpoints that take no certificates with it take no bound token as proof.
    let own_token = op.agent().with_header("authorization", &format!("Bearer {access_token}"));
    let mut own_token = own_token.with_header(HEADER, &escaped(&own));
    let fields = [("token", "x")];
    let refused = own_token.post_form("/api/oidc/introspect", &fields);
    assert_eq!(refused.error(), "401 invalid_client");
}

/// §3.4: tokens from before the client had to present one are of no use any more.
#[test]
fn older_tokens_end_when_a_certificate_is_demanded() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client();
    let code = op.person("alice").code(&client, &[]);
    let answer = op.redeem(&client, &code).ok().json();
    let access_token = text(&answer, "access_token");
    op.userinfo(&access_token).ok();

    op.execute("UPDATE clients SET requires_mtls = 1");

    assert_eq!(op.userinfo(&access_token).error(), "401 invalid_token");
    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
    // A confidential client proves itself, and its refresh token leads to bound ones.
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let cnf = &claims(&text(&answer, "access_token"))["cnf"];
    assert_eq!(*cnf, json!({"x5t#S256": thumbprint(&own)}));
}

/// §4: nothing but the certificate proves whose the refresh token of a public client is.
#[test]
fn a_refresh_token_of_a_public_client_works_only_with_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_mtls = true;
    });
    let answer = tokens(&op, &client, "alice", &own).ok().json();
    let refresh_token = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];

    let stolen = token(&mut proxied(&op, &other), &client, &fields);
    assert_eq!(stolen.error(), "400 invalid_grant");
    assert_eq!(token(&mut op.agent(), &client, &fields).error(), "400 invalid_request");
    // None of that used it up, or revoked anything.
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let stolen = token(&mut proxied(&op, &other), &client, &fields);
    assert_eq!(stolen.error(), "400 invalid_grant");
    userinfo(proxied(&op, &own), "Bearer", &text(&answer, "access_token")).ok();
}

/// §6.3: a confidential client may get a new certificate; its tokens move to that.
#[test]
fn a_confidential_client_may_change_its_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let names = ["-addext", "subjectAltName=DNS:app.example.com"];
    let old = certificates.issue("ca", "old", &names);
    let new = certificates.issue("ca", "new", &names);
    let client = with_certificate(&op, &certificates, |client| client.requires_mtls = true);
    let answer = tokens(&op, &client, "alice", &old).ok().json();
    let refresh_token = text(&answer, "refresh_token");

    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let answer = token(&mut proxied(&op, &new), &client, &fields).ok().json();

    let access_token = text(&answer, "access_token");
    userinfo(proxied(&op, &new), "Bearer", &access_token).ok();
    let refused = userinfo(proxied(&op, &old), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
}

/// A token that is bound to both works with both only.
#[test]
fn a_token_may_be_bound_to_a_key_and_a_certificate() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let key = ProofKey::new();
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    let answer = token(&mut agent, &client, &fields).ok().json();
    assert_eq!(answer["token_type"], "DPoP");
    let access_token = text(&answer, "access_token");
    let cnf = json!({"jkt": key.jkt(), "x5t#S256": thumbprint(&own)});
    assert_eq!(claims(&access_token)["cnf"], cnf);
    assert_eq!(key.userinfo(&op, &access_token).error(), "401 invalid_token");
    let claims = ProofKey::userinfo_claims(&op, &access_token);
    let proof = key.sign(&op, &json!({}), &claims);
    let agent = proxied(&op, &own).with_header("dpop", &proof);
    userinfo(agent, "DPoP", &access_token).ok();
    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
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

/// §3.3, §5: what is not configured is not promised.
#[test]
fn the_metadata_names_mutual_tls_where_it_is_configured() {
    let metadata = |settings: &[(&str, &str)]| {
        let op = TestOp::with_settings(settings);
        op.agent().get("/.well-known/openid-configuration").ok().json()
    };
    let plain = metadata(&[("TRUST_PROXY", "127.0.0.1")]);
    let names = ["tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases"];
    assert!(names.iter().all(|name| plain.get(*name).is_none()), "{plain}");
    assert!(!plain.to_string().contains("tls_client_auth"));

    let told = metadata(&SETTINGS);
    assert_eq!(told["tls_client_certificate_bound_access_tokens"], true);
    assert_eq!(told.get("mtls_endpoint_aliases"), None, "the same addresses take certificates");
    for endpoint in ["token", "introspection", "revocation"] {
        let methods = told[format!("{endpoint}_endpoint_auth_methods_supported")].to_string();
        assert!(methods.contains("\"tls_client_auth\""), "{methods}");
        assert!(methods.contains("\"self_signed_tls_client_auth\""), "{methods}");
    }

    let base = "https://mtls.id.example.com";
    let told = metadata(&[SETTINGS[0], SETTINGS[1], ("MTLS_APP_URL", base)]);
    let alias = |path: &str| format!("{base}/api/oidc/{path}");
    assert_eq!(
        told["mtls_endpoint_aliases"],
        json!({
            "token_endpoint": alias("token"),
            "revocation_endpoint": alias("revoke"),
            "introspection_endpoint": alias("introspect"),
            "device_authorization_endpoint": alias("device/authorize"),
            "pushed_authorization_request_endpoint": alias("par"),
            "userinfo_endpoint": alias("userinfo"),
        })
    );
    assert!(!told["token_endpoint"].as_str().unwrap().starts_with(base));
}

/// The proxy asks for certificates at one address. A stranger writes the header at the others.
#[test]
fn with_an_address_of_its_own_a_certificate_counts_there_alone() {
    let certificates = Certificates::new();
    let pem = certificates.issue("ca", "app", &["-addext", "subjectAltName=DNS:app.example.com"]);
    let mtls = ("MTLS_APP_URL", "https://mtls.id.example.com:8443");
    let op = TestOp::with_settings(&[SETTINGS[0], SETTINGS[1], mtls]);
    let client = with_certificate(&op, &certificates, |_| {});
    let bound = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
    });
    let fields = [("grant_type", "client_credentials"), ("client_secret", &*bound.secret)];
    let at = |host: &str| proxied(&op, &pem).with_header("host", host);

    for_itself(&mut at("mtls.id.example.com:8443"), &client).ok();
    let answer = token(&mut at("mtls.id.example.com:8443"), &bound, &fields).ok().json();
    let access_token = text(&answer, "access_token");

    for host in
        ["id.example.com", "mtls.id.example.com", "mtls.id.example.com:443", "localhost:8443"]
    {
        assert_eq!(for_itself(&mut at(host), &client).error(), "401 invalid_client", "{host}");
        assert_eq!(token(&mut at(host), &bound, &fields).error(), "400 invalid_request", "{host}");
        let refused = userinfo(at(host), "Bearer", &access_token);
        assert_eq!(refused.error(), "401 invalid_token", "{host}");
        let described = [("token", access_token.as_str()), ("client_id", &client.id)];
        for endpoint in ["introspect", "revoke"] {
            let refused = at(host).post_form(&format!("/api/oidc/{endpoint}"), &described);
            assert_eq!(refused.error(), "401 invalid_client", "{host} {endpoint}");
        }
        let device = [("client_id", client.id.as_str()), ("scope", "openid")];
        for endpoint in ["par", "device/authorize"] {
            let refused = at(host).post_form(&format!("/api/oidc/{endpoint}"), &device);
            assert_eq!(refused.error(), "401 invalid_client", "{host} {endpoint}");
        }
    }
    let mut real = op.agent();
    assert_eq!(for_itself(&mut real, &client).error(), "401 invalid_client");
}

/// A proxy that tells addresses is not for that reason one that vouches for clients.
#[test]
fn only_the_proxies_that_are_named_for_it_pass_certificates() {
    let certificates = Certificates::new();
    let pem = certificates.issue("ca", "app", &["-addext", "subjectAltName=DNS:app.example.com"]);
    for (proxy, is_believed) in [("192.0.2.1", false), ("127.0.0.1", true)] {
        let narrow = ("CLIENT_CERTIFICATE_PROXY", proxy);
        let op = TestOp::with_settings(&[("TRUST_PROXY", "true"), SETTINGS[1], narrow]);
        let client = with_certificate(&op, &certificates, |_| {});
        let answer = for_itself(&mut proxied(&op, &pem), &client);
        assert_eq!(answer.status == 200, is_believed, "{proxy} {answer:?}");
    }
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
fn a_bound_token_is_of_no_use_after_its_certificate_has_expired() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_mtls = true;
        client.access_token_seconds = 4 * 86_400;
    });
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
        ("client_secret", client.secret.as_str()),
    ];
    let answer = token(&mut proxied(&op, &own), &client, &fields).ok().json();
    let access_token = text(&answer, "access_token");
    userinfo(proxied(&op, &own), "Bearer", &access_token).ok();

    op.advance(3 * 86_400);

    let refused = userinfo(proxied(&op, &own), "Bearer", &access_token);
    assert_eq!(refused.error(), "401 invalid_token");
    let fields = [("grant_type", "client_credentials"), ("client_secret", &*client.secret)];
    let refused = token(&mut proxied(&op, &own), &client, &fields);
    assert_eq!(refused.error(), "400 invalid_request", "nor are new ones bound to it");
}

/// A token that is bound to a key is not bound to a certificate.
#[test]
fn tokens_bound_to_a_key_alone_end_when_a_certificate_is_demanded() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let own = certificates.own("own");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_dpop = true;
    });
    let key = ProofKey::new();
    let code = op.person("alice").code(&client, &PKCE);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    let answer = token(&mut agent, &client, &fields).ok().json();
    let access_token = text(&answer, "access_token");
    key.userinfo(&op, &access_token).ok();

    op.execute("UPDATE clients SET requires_mtls = 1");

    assert_eq!(key.userinfo(&op, &access_token).error(), "401 invalid_token");
    // Its refresh token would bind the next ones to whichever certificate is shown.
    let refresh_token = text(&answer, "refresh_token");
    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    let mut agent = proxied(&op, &own).with_header("dpop", &key.proof(&op));
    assert_eq!(token(&mut agent, &client, &fields).error(), "400 invalid_grant");
}

#[test]
fn a_refresh_token_outlives_the_demand_for_certificates() {
    let (op, certificates) = (TestOp::with_settings(&SETTINGS), Certificates::new());
    let (own, other) = (certificates.own("own"), certificates.own("other"));
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
        client.requires_mtls = true;
    });
    let answer = tokens(&op, &client, "alice", &own).ok().json();
    let refresh_token = text(&answer, "refresh_token");

    op.execute("UPDATE clients SET requires_mtls = 0");

    let fields = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.as_str())];
    for mut thief in [op.agent(), proxied(&op, &other)] {
        assert_eq!(token(&mut thief, &client, &fields).error(), "400 invalid_grant");
    }
    token(&mut proxied(&op, &own), &client, &fields).ok();
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
