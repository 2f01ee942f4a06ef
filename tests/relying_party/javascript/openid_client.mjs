// Signs its user in with openid-client, which checks `state`, `iss`, and the ID token with its signature.

import { config, finish, refused, visit } from "./driver.mjs";
import * as client from "openid-client";

const authentication = {
    client_secret_basic: client.ClientSecretBasic,
    client_secret_post: client.ClientSecretPost,
    none: client.None,
}[config.auth_method];
const provider = await client.discovery(
    new URL(config.issuer),
    config.client_id,
    { id_token_signed_response_alg: "RS256" },
    authentication(config.client_secret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);

/** Returns what the browser brings back, and what it is checked with. */
async function authorize(more = {}) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const url = client.buildAuthorizationUrl(provider, {
        redirect_uri: config.redirect_uri,
        scope: "openid profile email offline_access",
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        state: expectedState,
        nonce: expectedNonce,
        ...more,
    });
    const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };
    return [await visit(url.href), checks];
}

/** Returns the request that a browser makes with what it brings back. */
function request({ url, fields }) {
    if (!fields) return new URL(url);
    return new Request(url, { method: "POST", body: new URLSearchParams(fields) });
}

async function isGood(tokens) {
    const userinfo = client.fetchUserInfo(provider, tokens.access_token, client.skipSubjectCheck);
    return (await refused(() => userinfo)) === "no error";
}

const grant = (callback, checks) => client.authorizationCodeGrant(provider, callback, checks);

const [callback, checks] = await authorize({ response_mode: config.response_mode });
const tokens = await grant(request(callback), checks);
const { sub } = tokens.claims();
const userinfo = await client.fetchUserInfo(provider, tokens.access_token, sub);
const renewed = await client.refreshTokenGrant(provider, tokens.refresh_token);
const good = [await isGood(tokens), await isGood(renewed)];

const [again, checksAgain] = await authorize();
const withoutIssuer = new URL(again.url);
withoutIssuer.searchParams.delete("iss");
const refusals = {
    state: await refused(() => grant(request(again), { ...checksAgain, expectedState: "another" })),
    iss: await refused(() => grant(withoutIssuer, checksAgain)),
    pkce: await refused(() => grant(request(again), { ...checksAgain, pkceCodeVerifier: client.randomPKCECodeVerifier() })),
    nonce: await refused(() => grant(request(again), { ...checksAgain, expectedNonce: "another" })),
    consumed: await refused(() => grant(request(again), checksAgain)),
    refresh_token: await refused(() => client.refreshTokenGrant(provider, tokens.refresh_token)),
    renewed: await refused(() => client.refreshTokenGrant(provider, renewed.refresh_token)),
    prompt: await refused(async () => {
        const [callback, checks] = await authorize({ prompt: "none", max_age: "0" });
        await grant(request(callback), checks);
    }),
};

finish({ claims: tokens.claims(), renewed: renewed.claims(), userinfo, good, refusals });
