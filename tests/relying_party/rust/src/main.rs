//! Signs its user in with openidconnect, which checks the ID token and its signature, calls UserInfo, and
//! refreshes.

mod http;

use std::{error::Error, io};

use http::send;
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EmptyAdditionalClaims,
    IssuerUrl, Nonce, NonceVerifier, OAuth2TokenResponse as _, PkceCodeChallenge, RedirectUrl,
    RequestTokenError, Scope, TokenResponse as _, UserInfoClaims,
    core::{
        CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreIdTokenClaims,
        CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
    },
};
use serde_json::{Value, json};
use url::Url;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let config = listen()?;
    let text = |name: &str| config[name].as_str().unwrap_or_default().to_owned();
    let secret = Some(text("client_secret")).filter(|secret| !secret.is_empty());
    let metadata = CoreProviderMetadata::discover(&IssuerUrl::new(text("issuer"))?, &send)?;
    let client = CoreClient::from_provider_metadata(
        metadata,
        ClientId::new(text("client_id")),
        secret.map(ClientSecret::new),
    )
    .set_redirect_uri(RedirectUrl::new(text("redirect_uri"))?);

    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = CoreAuthenticationFlow::AuthorizationCode;
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "email"].map(|name| Scope::new(name.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let code = visit(&url, &state)?;
    let tokens = client.exchange_code(code)?.set_pkce_verifier(verifier).request(&send)?;
    let algorithm: CoreJwsSigningAlgorithm = serde_json::from_value(config["algorithm"].clone())?;
    let verifier = client.id_token_verifier().set_allowed_algs([algorithm]);
    let claims = verify(&tokens, &verifier, &nonce)?;

    let subject = claims.subject().clone();
    let access_token = tokens.access_token().clone();
    let userinfo: UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim> =
        client.user_info(access_token, Some(subject))?.request(&send)?;

    let refresh_token = tokens.refresh_token().ok_or("no refresh token")?;
    let renewed = client.exchange_refresh_token(refresh_token)?.request(&send)?;
    let is_rotated =
        renewed.refresh_token().is_some_and(|renewed| renewed.secret() != refresh_token.secret());
    // OIDC Core §12.2: no nonce after a refresh, or the same one.
    let any_nonce = |_: Option<&Nonce>| Ok(());
    // Once the successor of a refresh token was used, the old one is a replay.
    let successor = renewed.refresh_token().ok_or("no refresh token")?;
    client.exchange_refresh_token(successor)?.request(&send)?;
    let renewed = verify(&renewed, &verifier, any_nonce)?;
    let replayed = match client.exchange_refresh_token(refresh_token)?.request(&send) {
        Err(RequestTokenError::ServerResponse(error)) => error.error().to_string(),
        other => format!("{other:?}"),
    };

    say(&json!({ "result": {
        "claims": claims,
        "userinfo": userinfo,
        "renewed": renewed,
        "is_rotated": is_rotated,
        "replayed": replayed,
    }}));
    Ok(())
}

/// Sends the user's browser away, and takes the code that it comes back with.
fn visit(url: &Url, state: &CsrfToken) -> Outcome<AuthorizationCode> {
    say(&json!({ "visit": url }));
    let answer = listen()?;
    let callback = Url::parse(answer["url"].as_str().unwrap_or_default())?;
    let param = |name| callback.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    if param("state").as_deref() != Some(state.secret()) {
        return Err("another state".into());
    }
    let code = param("code").ok_or_else(|| format!("no code: {callback}"))?;
    Ok(AuthorizationCode::new(code.into_owned()))
}

/// Verifies an ID token, and that it belongs to the access token beside it (OIDC Core §3.1.3.8).
fn verify(
    tokens: &CoreTokenResponse,
    verifier: &CoreIdTokenVerifier<'_>,
    nonce: impl NonceVerifier,
) -> Outcome<CoreIdTokenClaims> {
    let id_token = tokens.id_token().ok_or("no ID token")?;
    let claims = id_token.claims(verifier, nonce)?;
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg()?,
        id_token.signing_key(verifier)?,
    )?;
    match claims.access_token_hash() == Some(&hash) {
        true => Ok(claims.clone()),
        false => Err("another at_hash".into()),
    }
}

fn say(message: &Value) {
    println!("{message}");
}

fn listen() -> Outcome<Value> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
