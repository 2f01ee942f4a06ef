//! Which proxies and addresses certificates are taken from, and how the metadata tells.

use serde_json::json;

use super::{Certificates, SETTINGS, for_itself, proxied, text, token, userinfo, with_certificate};
use crate::support::op::TestOp;

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
