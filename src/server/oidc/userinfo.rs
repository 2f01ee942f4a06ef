//! `GET` and `POST /api/oidc/userinfo` (OIDC Core §5.3, RFC 6750)

use hyper::{
    Method, StatusCode,
    header::{CONTENT_TYPE, WWW_AUTHENTICATE},
};

use super::{
    dpop::{Proof, with_nonce},
    presented_token::{LiveToken, PresentedToken},
    signing::{Seal, sign},
    user_claims::{ClaimsAt, find_user_claims},
};
use crate::{
    crypto::Algorithm,
    model::{ScopeToken, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode,
        claims::{SignedUserInfo, USERINFO_JWT},
        dpop::invalid_proof,
    },
    server::{
        client_certificate,
        http::{Authorised, Head, Request, Response, body::require_form, request::Public},
        limiter::{BucketKey, Policy},
    },
    store::{Tx, clients, grants::Subject},
};

/// Answers with the claims about the user that an access token gives access to.
pub(in crate::server) async fn userinfo(req: Request) -> Result<Response, OAuthError> {
    let is_dpop = has_scheme(&req.head, "dpop");
    Ok(match claims(req).await {
        Ok(Some(found)) => with_nonce(found.answer.no_store(), found.nonce.as_deref()),
        // RFC 6750 §3.1: a request without authentication is told the schemes, and nothing else.
        Ok(None) => Response::oauth_error(&refuse("no access token was sent"))
            .header(WWW_AUTHENTICATE, &format!("Bearer, {}", dpop_challenge())),
        Err(error) => {
            let status = match error.code {
                // RFC 9449 §7.1, §9: at the token endpoint these are 400.
                OAuthErrorCode::InvalidDpopProof | OAuthErrorCode::UseDpopNonce => {
                    StatusCode::UNAUTHORIZED
                }
                _ => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST),
            };
            let cause = format!(
                "error=\"{}\", error_description=\"{}\"",
                error.code.as_str(),
                error.description.replace('"', "'")
            );
            let challenge = if is_dpop {
                format!("{}, {cause}", dpop_challenge())
            } else {
                format!("Bearer {cause}, {}", dpop_challenge())
            };
            Response::oauth_error(&error).status(status).header(WWW_AUTHENTICATE, &challenge)
        }
    })
}

/// The challenge for a proof (RFC 9449 §7.1).
fn dpop_challenge() -> String {
    format!("DPoP algs=\"{}\"", Algorithm::ALL.map(Algorithm::as_str).join(" "))
}

/// An access token, and how it was presented.
#[derive(Debug)]
struct SentToken {
    text: String,
    is_dpop: bool,
}

/// The claims about a user as they are sent, and the nonce for the next proof.
#[derive(Debug)]
struct FoundClaims {
    answer: Response,
    nonce: Option<String>,
}

/// The claims. `None` if no token was sent.
async fn claims(req: Request) -> Result<Option<FoundClaims>, OAuthError> {
    let (req, sent) = sent_token(req).await?;
    let Some(sent) = sent else { return Ok(None) };
    let token = PresentedToken::parse_access_token(&sent.text);
    let token = token.ok_or_else(|| refuse("it was not issued by this server"))?;
    let req = req.public();
    let proof = check_keys(&req, &sent, &token)?;
    let (now, issuer) = (req.head.now, req.app.issuer().to_owned());
    let grant = token.grant_id();
    let nonce = Proof::renew_nonce(proof.as_ref(), &req.app, now);
    let shown = proof.clone();
    let claims = req.app.store().read(move |tx| {
        let subject = find_subject(tx, &token, now)?;
        if let Some(proof) = &shown {
            let client = clients::find(tx, &subject.grant.client_id)?;
            client.map_or(Ok(()), |client| proof.check_algorithm(&client))?;
        }
        let wanted = subject.grant.claims_in_userinfo();
        let claims = find_user_claims(tx, &subject, wanted, ClaimsAt { issuer: &issuer, now })?;
        let signer = subject.userinfo_alg.map(|alg| (alg, subject.grant.client_id.clone()));
        Ok::<_, OAuthError>((claims, signer))
    });
    let (claims, signer) = claims.await?;
    if let (Some(proof), Some(grant)) = (proof, grant) {
        // Only now is it known that the token is genuine: others leave no row.
        let counted = req.app.limiter().check_key(Policy::DpopProof, BucketKey::Grant(grant));
        counted.map_err(|seconds| OAuthError::too_many(seconds, "too many proofs of one grant"))?;
        req.app.store().write(move |tx| proof.use_up(tx)).await?;
    }
    let answer = match signer {
        None => Response::json(&claims),
        Some((algorithm, client_id)) => {
            let (iss, aud) = (req.app.issuer().to_owned(), client_id.to_string());
            let seal = Seal { algorithm, typ: "JWT", now };
            let token = sign(&req.app, seal, SignedUserInfo { iss, aud, claims }).await?;
            Response::bytes(USERINFO_JWT, token)
        }
    };
    Ok(Some(FoundClaims { answer, nonce }))
}

/// RFC 8705 §3, RFC 9449 §7.1, §7.2: a bound token comes with its certificate or a proof of its key,
/// and no other token comes with a proof.
fn check_keys(
    req: &Authorised<Public, ()>,
    sent: &SentToken,
    token: &PresentedToken,
) -> Result<Option<Proof>, OAuthError> {
    let keys = token.keys().cloned().unwrap_or_default();
    if let Some(x5t) = &keys.x5t {
        let certificate = client_certificate::read(&req.app, &req.head)
            .map_err(|cause| refuse(&format!("its TLS certificate is not usable: {cause}")))?;
        if certificate.is_none_or(|certificate| certificate.thumbprint() != *x5t) {
            return Err(refuse("it is bound to a TLS certificate, which was not presented"));
        }
    }
    match (sent.is_dpop, keys.jkt) {
        (false, None) => Ok(None),
        (false, Some(_)) => Err(refuse("it is bound to a key, and was sent as a bearer token")),
        (true, None) => Err(refuse("it is a bearer token, and was sent as a bound one")),
        (true, Some(key)) => {
            let proof = Proof::read(&req.app, &req.head, Some(&sent.text))?;
            let proof = proof.ok_or_else(|| invalid_proof("there is no header DPoP"))?;
            if proof.jkt != key {
                return Err(invalid_proof("its key is not that of the access token"));
            }
            Ok(Some(proof))
        }
    }
}

fn has_scheme(head: &Head, scheme: &str) -> bool {
    let header = head.header("authorization").unwrap_or_default();
    header.split(' ').next().is_some_and(|given| given.eq_ignore_ascii_case(scheme))
}

/// Finds the grant of a token that gives access to claims.
fn find_subject(
    tx: &mut Tx<'_>,
    token: &PresentedToken,
    now: Timestamp,
) -> Result<Box<Subject>, OAuthError> {
    let live = token.find_live(tx, now)?;
    let unknown = "it is unknown, expired or revoked, or its user is disabled";
    let LiveToken::OfUser { subject, .. } = live.ok_or_else(|| refuse(unknown))? else {
        let detail = "it belongs to no user, or was exchanged for an API";
        return Err(OAuthError::new(OAuthErrorCode::InsufficientScope, detail));
    };
    if !subject.grant.scope.contains(&ScopeToken::Openid) {
        return Err(OAuthError::new(
            OAuthErrorCode::InsufficientScope,
            "it does not have the scope openid",
        ));
    }
    Ok(subject)
}

/// RFC 6750 §2: the token is in the header or in a form, but not in both. Tokens in a query end up
/// in logs, and RFC 9700 §4.3.2 forbids them.
/// A token in a form is always a bearer token (RFC 9449 §7.1).
async fn sent_token(req: Request) -> Result<(Request<()>, Option<SentToken>), OAuthError> {
    let is_dpop = has_scheme(&req.head, "dpop");
    let in_header = req.head.header("authorization").map(|header| {
        let token = header.split_once(' ').map_or("", |(_, token)| token);
        if is_dpop || has_scheme(&req.head, "bearer") {
            Ok(SentToken { text: token.trim().to_owned(), is_dpop })
        } else {
            Err(refuse("the Authorization header is of neither scheme, Bearer or DPoP"))
        }
    });
    // With a token in the header, a body that is not a form is ignored: applications send various
    // types there.
    let has_form = match &in_header {
        None => req.head.headers.contains_key(CONTENT_TYPE),
        Some(_) => require_form(&req.head).is_ok(),
    };
    if req.head.method != Method::POST || !has_form {
        return Ok((req.with_body(()), in_header.transpose()?));
    }
    let req = req.form().await?;
    let in_form = req.body().value("access_token");
    let in_form = in_form.map(|text| SentToken { text: text.to_owned(), is_dpop: false });
    let token = match (in_header, in_form) {
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_request(
                "The access token is in the header and in the body; send only one.",
            ));
        }
        (Some(token), None) => Some(token?),
        (None, token) => token,
    };
    Ok((req.with_body(()), token))
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidToken, detail)
}
