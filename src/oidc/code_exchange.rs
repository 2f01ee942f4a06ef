//! Checks of a token request with an authorization code (RFC 6749 §4.1.3).

use super::{OAuthError, OAuthErrorCode};
use crate::model::{
    ClientId, Timestamp,
    pkce::{CodeChallenge, CodeVerifier},
};

/// Lifetime of a code in seconds. RFC 6749 §4.1.2 allows ten minutes at most, and FAPI 2.0 §5.3.2.1
/// one minute. The browser sends the code to the application at once, which redeems it before it
/// responds.
pub const CODE_SECONDS: i64 = 60;

/// The stored values of the authorization request.
#[derive(Debug, Clone, Copy)]
pub struct Issued<'a> {
    /// The client to which the code was issued.
    pub client_id: &'a ClientId,
    /// The redirect URI to which the code was sent.
    pub redirect_uri: &'a str,
    /// The challenge that the verifier must match.
    pub code_challenge: Option<&'a CodeChallenge>,
    /// When the code expires.
    pub expires_at: Timestamp,
}

/// The values of the token request.
#[derive(Debug, Clone, Copy)]
pub struct PresentedCode<'a> {
    /// The authenticated client.
    pub client_id: &'a ClientId,
    /// Its `redirect_uri`.
    pub redirect_uri: Option<&'a str>,
    /// Its `code_verifier`.
    pub code_verifier: Option<&'a str>,
}

/// Checks a token request against the authorization request of its code. The caller checks whether
/// the code was used before, since a second use revokes the grant.
pub fn check(
    issued: Issued<'_>,
    presented: PresentedCode<'_>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    let refuse = |detail: &str| Err(OAuthError::new(OAuthErrorCode::InvalidGrant, detail));
    if issued.client_id != presented.client_id {
        return refuse("the code was issued to another client");
    }
    if issued.expires_at <= now {
        return refuse("the code has expired");
    }
    // RFC 6749 §4.1.3: required and identical if it was in the authorization request.
    if presented.redirect_uri != Some(issued.redirect_uri) {
        return refuse("redirect_uri differs from the authorization request");
    }
    check_verifier(issued.code_challenge, presented.code_verifier)
}

/// Checks the code verifier (RFC 7636 §4.6). A verifier without a challenge is a downgrade attack
/// (RFC 9700 §2.1.1).
pub fn check_verifier(
    challenge: Option<&CodeChallenge>,
    verifier: Option<&str>,
) -> Result<(), OAuthError> {
    // The response states the cause. It reveals nothing new: the holder of the code already knows
    // whether it had a challenge.
    let refuse = |text: &str| Err(OAuthError::explained(OAuthErrorCode::InvalidGrant, text));
    match (challenge, verifier) {
        (None, None) => Ok(()),
        (None, Some(_)) => {
            refuse("A code_verifier was sent, but the authorization request had no code_challenge.")
        }
        (Some(_), None) => {
            refuse("The code_verifier is missing: the authorization request had a code_challenge.")
        }
        (Some(challenge), Some(verifier)) => match verifier.parse::<CodeVerifier>() {
            Ok(verifier) if challenge.is_answered_by(&verifier) => Ok(()),
            Ok(_) => refuse(
                "The code_verifier does not match the code_challenge of the authorization request.",
            ),
            Err(_) => {
                refuse("The code_verifier is malformed: RFC 7636 requires 43 to 128 characters.")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::pkce::CodeChallengeMethod;

    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    #[test]
    fn a_code_is_bound_to_its_client_redirect_uri_and_time() {
        let (web, app): (ClientId, ClientId) = ("web".parse().unwrap(), "app".parse().unwrap());
        let issued = Issued {
            client_id: &web,
            redirect_uri: "https://a/cb",
            code_challenge: None,
            expires_at: Timestamp::from_unix(100),
        };
        let presented = PresentedCode {
            client_id: &web,
            redirect_uri: Some("https://a/cb"),
            code_verifier: None,
        };
        let check = |presented, now| check(issued, presented, Timestamp::from_unix(now)).is_ok();

        assert!(check(presented, 99));
        assert!(!check(presented, 100));
        assert!(!check(PresentedCode { client_id: &app, ..presented }, 99));
        assert!(!check(PresentedCode { redirect_uri: None, ..presented }, 99));
        assert!(!check(PresentedCode { redirect_uri: Some("https://a/cb/"), ..presented }, 99));
    }

    /// RFC 7636 §4.6 and RFC 9700 §2.1.1.
    #[test]
    fn a_challenge_and_a_verifier_need_each_other() {
        let challenge = CodeChallenge::new(CodeChallengeMethod::Plain, VERIFIER).unwrap();
        assert!(check_verifier(None, None).is_ok());
        assert!(check_verifier(Some(&challenge), Some(VERIFIER)).is_ok());
        assert!(check_verifier(Some(&challenge), None).is_err());
        assert!(check_verifier(None, Some(VERIFIER)).is_err());
        assert!(check_verifier(Some(&challenge), Some("short")).is_err());
        assert!(check_verifier(Some(&challenge), Some(&VERIFIER.replace('d', "e"))).is_err());
    }
}
