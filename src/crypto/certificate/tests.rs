use super::*;
use crate::crypto::VerifyingKey;

/// Made with OpenSSL 3.0: a P-256 key, and from 30 November 2026 to 27 November 2036.
const LEAF: &str = "\
-----BEGIN CERTIFICATE-----
MIICMDCCAdagAwIBAgIUcGAB5m8SZtaaUHR1SKHFgLAKbtYwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAeFw0yNjExMzAwNzA5MTZaFw0zNjExMjcwNzA5
MTZaME4xCzAJBgNVBAYTAkRFMSwwEgYDVQQDDAtjbGllbnQgb25lIDAWBgNVBAoM
D0V4YW1wbGUsIEluYy4gIjERMA8GCgmSJomT8ixkAQEMATcwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAQD8Aq+fgJL/IvLF22Hn5s/uX5RF+g4kJIkouWvc/Xbf2HO
Y9YWa1kZBG0dxsII+uUwvHG5EcBrlYoyzeuPvp+Do4HNMIHKMAwGA1UdEwEB/wQC
MAAwEwYDVR0lBAwwCgYIKwYBBQUHAwIwZQYDVR0RBF4wXIISQ2xpZW50LmV4YW1w
bGUuY29thh1odHRwczovL2NsaWVudC5leGFtcGxlLmNvbS9pZIcEwAACB4cQIAEN
uAAAAAAAAAAAAAAAB4EPb3BzQGV4YW1wbGUuY29tMB0GA1UdDgQWBBT5/B/1ApL/
HLeKFIrgrHq/psQAFDAfBgNVHSMEGDAWgBQeKp404mjczmzj1mgBSVN8tG0thzAK
BggqhkjOPQQDAgNIADBFAiEA5+pPwZdhN5QHCb40ajlfetGSMNMO3tH+zW8nnNNg
XEECIBymoWRGz3IxEvBD2mSrYekJxZald7VTFjG1FtwpMK9t
-----END CERTIFICATE-----
";
/// The authority of that.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBejCCASGgAwIBAgIUTLgEzvD3RYv/Yjuf6Eqxj2j0QTEwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMzAwNzA5MTZaGA8yMTI2MTEwNjA3
MDkxNlowEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABEz9OkoCh6PZi5Ts8msWh59QRdZQ46gAelhLQJgnNnV7Wwk7mwo+chRu6gih
dgoDKK/kFTFk4dvH/KDj/NaL2/mjUzBRMB0GA1UdDgQWBBQeKp404mjczmzj1mgB
SVN8tG0thzAfBgNVHSMEGDAWgBQeKp404mjczmzj1mgBSVN8tG0thzAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0cAMEQCIHSAR3Xq8zcg6yKGGoQ/Haq4x2ow
hMdSqBZ4KDiQGEbUAiACD2HqnnFP6+oMSlMvNlIUjkX9n9M9kMhomG6zXvl4sQ==
-----END CERTIFICATE-----
";
/// Of themselves, with an RSA key of 1,024 bits and an Ed25519 key.
const WEAK: &str = "\
-----BEGIN CERTIFICATE-----
MIIB+jCCAWOgAwIBAgIUEvJhNiZ/usFLtP1db4fDGdTSc+cwDQYJKoZIhvcNAQEL
BQAwDzENMAsGA1UEAwwEd2VhazAeFw0yNjExMzAwNzA5MTZaFw0zNjExMjcwNzA5
MTZaMA8xDTALBgNVBAMMBHdlYWswgZ8wDQYJKoZIhvcNAQEBBQADgY0AMIGJAoGB
ALoCZYLkBgsdrUeT7NR1puIDlWO2r+TRsGduBPP6p5vgqQL87dGdf2PiWvKvGffz
tH+Gu5/fjckfFhuq2YMyB/wckyoNz+AdnGjC2sZNf3t2UdYu7NwqiDrRBzmtWIMo
8l1VDYkMIJw3teUSYV+3rosVyWQuGG6LicETG6/1gUNDAgMBAAGjUzBRMB0GA1Ud
DgQWBBTr6QoVXFc0HR+CXg3QbqUkC94SgDAfBgNVHSMEGDAWgBTr6QoVXFc0HR+C
Xg3QbqUkC94SgDAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4GBAKby
OjKN/yBvCYQ9qeI+SvcmbtcNaES6lxnC+Q5hE1/AbJf+lBf/8rLJwljoomG3elHD
vWSSJ+EcJdLDKCNlpCKM+x4DfLBFrrb232PJv6YJKD8qMjdwKTkmHSvGUCBX0Gm2
yXKyOomS6airfptLn/kYhR58irGi0P5U/cD69n7R
-----END CERTIFICATE-----
";
const ED25519: &str = "\
-----BEGIN CERTIFICATE-----
MIIBLjCB4aADAgECAhRkeT6GKGXXGSEqeURWlf/hrop2MTAFBgMrZXAwDTELMAkG
A1UEAwwCZWQwHhcNMjYxMTMwMDcwOTE2WhcNMzYxMTI3MDcwOTE2WjANMQswCQYD
VQQDDAJlZDAqMAUGAytlcAMhAOCkYVRhxa3GbzLURhMF3H20C/DKr5lfCLRBjyGN
6KRRo1MwUTAdBgNVHQ4EFgQUg0acWXluUG6otk7iN2slarBUBxUwHwYDVR0jBBgw
FoAUg0acWXluUG6otk7iN2slarBUBxUwDwYDVR0TAQH/BAUwAwEB/zAFBgMrZXAD
QQB13lx2qpiS7maKVy7K04Ucd31gOtrtoKJ39CuqTwMRvcevNlxysoqP6aHmcMxi
gNEJhlCYX0ZnnoOiClLMzbcN
-----END CERTIFICATE-----
";

const NOW: i64 = 1_800_000_000;
const BEFORE: i64 = 1_700_000_000;
const AFTER: i64 = 2_200_000_000;

fn read(pem: &str) -> Certificate {
    Certificate::from_pem(pem).unwrap().remove(0)
}

fn base64_of(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("-----")).collect()
}

fn escaped(pem: &str) -> String {
    pem.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect()
}

#[test]
fn a_certificate_is_read_from_the_header_of_each_proxy() {
    let (leaf, base64) = (read(LEAF), base64_of(LEAF));
    for header in [
        // nginx: $ssl_client_escaped_cert
        escaped(LEAF),
        // Caddy and Traefik
        base64.clone(),
        escaped(&base64),
        // RFC 9440 §2.1
        format!(":{base64}:"),
        // Others replace the line breaks.
        LEAF.replace('\n', " "),
        format!("  {base64} "),
    ] {
        let found = Certificate::from_header(header.as_bytes()).unwrap();
        assert_eq!(found, Some(leaf.clone()), "{header}");
    }
    for none in ["", " ", "(null)", "{http.request.tls.client.certificate_der_base64}"] {
        assert_eq!(Certificate::from_header(none.as_bytes()), Ok(None));
    }
}

#[test]
fn a_header_that_is_not_one_certificate_is_refused() {
    use CertificateFault::{Malformed, PrivateKey, Several, TooLong, Weak};
    let base64 = base64_of(LEAF);
    let key = format!("{LEAF}-----BEGIN PRIVATE KEY-----\nYQ==\n-----END PRIVATE KEY-----\n");
    let longer = {
        let mut der = encoded::from_base64(&base64).unwrap();
        der.push(0);
        encoded::base64(&der)
    };
    for (header, fault) in [
        (format!("{LEAF}{AUTHORITY}"), Several),
        (escaped(&format!("{LEAF}{AUTHORITY}")), Several),
        (format!("{base64},{base64}"), Several),
        (format!(":{base64}:, :{base64}:"), Several),
        (escaped(&key), PrivateKey),
        ("-----BEGIN EC PRIVATE KEY----- YQ== -----END EC PRIVATE KEY-----".into(), PrivateKey),
        (escaped(WEAK), Weak),
        (format!(":{base64}"), Malformed),
        (format!("x{LEAF}"), Malformed),
        (format!("{LEAF}x"), Malformed),
        (LEAF.replace("END CERT", "END KERT"), Malformed),
        (longer, Malformed),
        (base64[4..].to_owned(), Malformed),
        ("%".into(), Malformed),
        ("%4".into(), Malformed),
        ("%zz".into(), Malformed),
        ("%ff".into(), Malformed),
        ("::".into(), Malformed),
        ("YQ==".into(), Malformed),
        ("A".repeat(12 * 1_024 + 1), TooLong),
        ("A".repeat(9 * 1_024), TooLong),
    ] {
        assert_eq!(Certificate::from_header(header.as_bytes()), Err(fault), "{header:.60}");
    }
    assert_eq!(Certificate::from_header(b"\xff"), Err(Malformed));
}

#[test]
fn a_certificate_tells_its_names() {
    let leaf = read(LEAF);
    let ip = |text: &str| AlternativeName::Ip(text.parse().unwrap());
    assert_eq!(
        leaf.names(),
        [
            AlternativeName::Dns("client.example.com".into()),
            AlternativeName::Uri("https://client.example.com/id".into()),
            ip("192.0.2.7"),
            ip("2001:db8::7"),
            AlternativeName::Email("ops@example.com".into()),
        ]
    );
    let subject = leaf.subject().to_string();
    assert_eq!(subject, r#"UID=7,O=Example\, Inc. \"+CN=client one\ ,C=DE"#);
    assert!(read(AUTHORITY).names().is_empty());
}

/// RFC 4514, and what OpenSSL prints with and without `-nameopt RFC2253`.
#[test]
fn a_subject_is_recognised_however_it_is_written() {
    let leaf = read(LEAF);
    let is_own =
        |text: &str| text.parse().is_ok_and(|name: DistinguishedName| name == *leaf.subject());
    for own in [
        r#"UID=7,O=Example\, Inc. \"+CN=client one\ ,C=DE"#,
        r#"UID=7,CN=client one\20+O=Example\2C Inc. \22,C=DE"#,
        r#" uid = 7 , cn = client one\  + o = Example\, Inc. \" , c = DE "#,
        r#"0.9.2342.19200300.100.1.1=7,2.5.4.10=Example\, Inc. \"+2.5.4.3=client one\ ,2.5.4.6=DE"#,
    ] {
        assert!(is_own(own), "{own}");
    }
    for other in [
        "",
        "UID=7",
        r#"C=DE,O=Example\, Inc. \"+CN=client one\ ,UID=7"#,
        r#"UID=7,O=Example\, Inc. \",CN=client one\ ,C=DE"#,
        r#"UID=7,O=Example\, Inc. \"+CN=client one,C=DE"#,
        r#"UID=7,O=example\, Inc. \"+CN=client one\ ,C=DE"#,
        r#"UID=7,O=Example\, Inc. \"+CN=client one\ ,C=DE,"#,
    ] {
        assert!(!is_own(other), "{other}");
    }
    for bad in [
        "CN",
        "=x",
        "CN=",
        "CN=a,",
        "CN=a+",
        ",CN=a",
        "CN=a;O=b",
        "what=x",
        "1=x",
        "CN=\\",
        "CN=\\z",
        "CN=\\0",
        "CN=\\ff",
        "CN=\\00",
        "CN=#0c0161",
        "CN=a<b",
        "CN=\"a\"",
        "1.2.=x",
    ] {
        assert!(bad.parse::<DistinguishedName>().is_err(), "{bad}");
    }
    let name: DistinguishedName = "CN=Ünïon \\E2\\82\\AC\\#,O=\\#x".parse().unwrap();
    let shown = name.to_string();
    assert_eq!(shown, "CN=Ünïon €#,O=\\#x");
    assert_eq!(shown.parse(), Ok(name));
}

#[test]
fn a_certificate_is_good_at_its_time_and_from_its_authority() {
    let authorities = |pem: &str| pem.parse::<Authorities>().unwrap();
    let (leaf, authority) = (read(LEAF), authorities(AUTHORITY));
    for (now, is_good) in [(NOW, true), (BEFORE, false), (AFTER, false)] {
        assert_eq!(leaf.is_valid_at(now), is_good);
        assert_eq!(leaf.is_issued_by(&authority, now), is_good);
    }
    assert!(leaf.is_issued_by(&authorities(&format!("{ED25519}{AUTHORITY}")), NOW));
    assert!(!leaf.is_issued_by(&authorities(ED25519), NOW), "another authority");
    assert!(!leaf.is_issued_by(&authorities(LEAF), NOW), "is no authority");
    assert!(!read(AUTHORITY).is_issued_by(&authority, NOW), "an authority is no client");
    assert!(!leaf.is_issued_by(&authority, -1));
}

#[test]
fn the_key_of_a_certificate_is_that_of_its_jwk() {
    for (pem, algorithm) in
        [(LEAF, crate::crypto::Algorithm::Es256), (ED25519, crate::crypto::Algorithm::EdDsa)]
    {
        let certificate = read(pem);
        let jwk = certificate.jwk().unwrap();
        assert!(certificate.has_key(&jwk));
        assert!(VerifyingKey::from_jwk(&jwk, algorithm).is_some());
        let own = Certificate::from_base64(&jwk.x5c.unwrap()[0]).unwrap();
        assert_eq!(own, certificate);
    }
    assert!(!read(LEAF).has_key(&read(ED25519).jwk().unwrap()));
    // `openssl x509 -fingerprint -sha256`
    let fingerprint = "dea15e56ebd125bb97f0ff805e3fc1e11f32d3bbdf28211f3c35afe0d7f320d1";
    let digest = Digest::from_hex(fingerprint).unwrap();
    assert_eq!(read(LEAF).thumbprint().as_str(), digest.base64url());
}
