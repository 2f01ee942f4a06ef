//! `Host` and `:authority`: the host that a request names.
//!
//! The server has one site whatever its name, so the host decides nothing here. A proxy in front
//! may have routed by it, though, so it must be unambiguous: every reader has to see the same host.

use hyper::{
    HeaderMap, Version,
    header::{HOST, HeaderValue},
    http::{request::Parts, uri::Authority},
};

/// Returns the fault in a request's `Host` or `:authority`, if any.
pub fn fault(parts: &Parts) -> Option<&'static str> {
    let (hosts, authority) = (count(&parts.headers), parts.uri.authority());
    if hosts > 1 {
        // RFC 9112 §3.2, RFC 9113 §8.3.1
        return Some("there is more than one Host header");
    }
    let host = parts.headers.get(HOST);
    if host.is_some_and(|host| parse(host).is_none()) {
        return Some("the Host header does not contain a valid host");
    }
    match (parts.version, host, authority) {
        // RFC 9112 §3.2: HTTP/1.0 does not require one.
        (Version::HTTP_11, None, _) => Some("the Host header is missing"),
        (Version::HTTP_2 | Version::HTTP_3, None, None) => Some(":authority is missing"),
        // RFC 9113 §8.3.1. In HTTP/1.1 the request target counts, and Host is ignored
        // (RFC 9112 §3.2.2).
        (Version::HTTP_2 | Version::HTTP_3, Some(host), Some(authority))
            if !host.as_bytes().eq_ignore_ascii_case(authority.as_str().as_bytes()) =>
        {
            Some("Host differs from :authority")
        }
        _ => None,
    }
}

fn count(headers: &HeaderMap) -> usize {
    headers.get_all(HOST).iter().count()
}

/// Parses a host with an optional port and without user information (RFC 9110 §7.2).
fn parse(host: &HeaderValue) -> Option<Authority> {
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    (!authority.as_str().contains('@')).then_some(authority)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn fault_of(version: Version, target: &str, hosts: &[&str]) -> Option<&'static str> {
        let mut request = Request::builder().version(version).uri(target);
        for host in hosts {
            request = request.header(HOST, *host);
        }
        fault(&request.body(()).unwrap().into_parts().0)
    }

    #[test]
    fn http_1_1_names_its_host_once() {
        for host in ["id.example.com", "localhost:1411", "[::1]:1411", "192.0.2.1", "a_b.internal"]
        {
            assert_eq!(fault_of(Version::HTTP_11, "/", &[host]), None, "{host}");
        }
        for hosts in
            [&[][..], &["a.example", "a.example"], &["a.example", "b.example"], &[""], &["a b"]]
        {
            assert!(fault_of(Version::HTTP_11, "/", hosts).is_some(), "{hosts:?}");
        }
        assert!(fault_of(Version::HTTP_11, "/", &["me@a.example"]).is_some());
        assert!(fault_of(Version::HTTP_11, "http://a.example/", &[]).is_some());
    }

    #[test]
    fn http_1_0_may_name_none() {
        assert_eq!(fault_of(Version::HTTP_10, "/", &[]), None);
        assert!(fault_of(Version::HTTP_10, "/", &["a.example", "b.example"]).is_some());
    }

    #[test]
    fn http_2_has_an_authority_and_no_other_host_beside_it() {
        let with = |hosts: &[&str]| fault_of(Version::HTTP_2, "http://a.example/", hosts);
        assert_eq!(with(&[]), None);
        assert_eq!(with(&["A.example"]), None);
        assert!(with(&["b.example"]).is_some());
        assert!(with(&["a.example", "a.example"]).is_some());
        assert_eq!(fault_of(Version::HTTP_2, "/", &["a.example"]), None);
        assert!(fault_of(Version::HTTP_2, "/", &[]).is_some());
    }
}
