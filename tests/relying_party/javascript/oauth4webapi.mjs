// Signs its user in with oauth4webapi, each step and check by itself.

import { config, finish, refused, visit } from "./driver.mjs";
import * as oauth from "oauth4webapi";

const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(config.issuer);
const client = { client_id: config.client_id };
const authentication = {
    client_secret_basic: oauth.ClientSecretBasic,
    client_secret_post: oauth.ClientSecretPost,
    none: oauth.None,
}[config.auth_method](config.client_secret);

async function discover(algorithm) {
    const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
    return oauth.processDiscoveryResponse(issuer, response);
}

async function authorize() {
    const checks = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
    };
    const url = new URL(provider.authorization_endpoint);
    url.search = new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: config.redirect_uri,
        response_type: "code",
        response_mode: config.response_mode,
        scope: "openid profile email offline_access",
        code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: "S256",
        state: checks.state,
        nonce: checks.nonce,
        max_age: "600",
    });
    const { url: callback, fields } = await visit(url.href);
    const parameters = fields ?? new URL(callback.replace("#", "?")).searchParams;
    return [new URLSearchParams(parameters), checks];
}

async function redeem(parameters, { verifier, state, nonce }) {
    const valid = oauth.validateAuthResponse(provider, client, parameters, state);
    const response = await oauth.authorizationCodeGrantRequest(
        provider, client, authentication, valid, config.redirect_uri, verifier, insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(provider, client, response, {
        expectedNonce: nonce,
        maxAge: 600,
        requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(provider, response, insecure);
    return tokens;
}

async function refresh({ refresh_token }) {
    const response = await oauth.refreshTokenGrantRequest(
        provider, client, authentication, refresh_token, insecure,
    );
    return oauth.processRefreshTokenResponse(provider, client, response);
}

async function askUserInfo({ access_token }, sub) {
    const response = await oauth.userInfoRequest(provider, client, access_token, insecure);
    return oauth.processUserInfoResponse(provider, client, sub, response);
}

/** Reads an access token as an API does that it was sent to (RFC 9068 §4). */
async function readAccessToken({ access_token }) {
    const request = new Request("https://api.example.com", {
        headers: { authorization: `Bearer ${access_token}` },
    });
    return oauth.validateJwtAccessToken(provider, request, config.client_id, insecure);
}

const provider = await discover("oidc");
const asOAuth = await discover("oauth2");
const [parameters, checks] = await authorize();
const tokens = await redeem(parameters, checks);
const claims = oauth.getValidatedIdTokenClaims(tokens);
const userinfo = await askUserInfo(tokens, claims.sub);
const accessToken = await readAccessToken(tokens);
const renewed = await refresh(tokens);

finish({
    metadata: [provider, asOAuth],
    claims,
    userinfo,
    access_token: accessToken,
    renewed: oauth.getValidatedIdTokenClaims(renewed),
    userinfo_after_refresh: await askUserInfo(renewed, claims.sub),
    refusals: {
        access_token: await refused(() => askUserInfo(tokens, claims.sub)),
        code: await refused(() => redeem(parameters, checks)),
        renewed: await refused(() => refresh(renewed)),
    },
});
