//! The access of browser applications on other sites to the OAuth endpoints (Fetch standard, CORS
//! protocol). Cookies are never allowed.

use hyper::{
    HeaderMap,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
        HeaderValue,
    },
};

/// The longest list of requested header names that is allowed as it stands, in bytes.
const MAX_ASKED: usize = 512;

/// The headers that are allowed when a request asks for none.
const USUAL: &str = "Authorization, Content-Type";

/// Two hours, in seconds: the longest time that browsers cache a preflight answer.
const MAX_AGE: &str = "7200";

/// The CORS headers of a request.
#[derive(Debug, Clone, Default)]
pub(super) struct CorsRequest {
    headers: Option<HeaderValue>,
}

impl CorsRequest {
    /// Reads the list of headers that an application wants to send, if it is well formed. Any name
    /// is allowed: a program outside of a browser can send any header.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get(ACCESS_CONTROL_REQUEST_HEADERS);
        Self { headers: asked.filter(|value| is_list_of_names(value.as_bytes())).cloned() }
    }

    /// Adds the CORS headers to an answer.
    pub(super) fn complete(self, headers: &mut HeaderMap) {
        let allowed = self.headers.unwrap_or(HeaderValue::from_static(USUAL));
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
        let exposed = HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce");
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// Whether a value consists of header names (RFC 9110 §5.1) separated by commas.
fn is_list_of_names(value: &[u8]) -> bool {
    let is_name_byte = |byte: &u8| {
        byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte) || b", ".contains(byte)
    };
    !value.is_empty() && value.len() <= MAX_ASKED && value.iter().all(is_name_byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(asked: &str) -> String {
        let mut request = HeaderMap::new();
        request.insert(ACCESS_CONTROL_REQUEST_HEADERS, HeaderValue::from_str(asked).unwrap());
        let mut answer = HeaderMap::new();
        CorsRequest::of(&request).complete(&mut answer);
        answer[ACCESS_CONTROL_ALLOW_HEADERS].to_str().unwrap().to_owned()
    }

    #[test]
    fn a_list_of_names_is_allowed_and_nothing_else_is_echoed() {
        for asked in
            ["authorization", "mcp-protocol-version,dpop", "content-type, x-requested-with"]
        {
            assert_eq!(allowed(asked), asked);
        }
        for asked in ["", "a: b", "a;b", "<script>", "a\tb", &"a".repeat(513)] {
            assert_eq!(allowed(asked), USUAL, "{asked}");
        }
    }
}
