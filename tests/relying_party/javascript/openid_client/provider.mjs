// A client with all its checks: `state`, `iss`, and the ID token with its signature.

import { config, visit } from "../driver.mjs";
import * as client from "openid-client";

const authentication = {
    client_secret_basic: client.ClientSecretBasic,
    client_secret_post: client.ClientSecretPost,
    none: client.None,
}[config.auth_method];

export const provider = await client.discovery(
    new URL(config.issuer),
    config.client_id,
    { id_token_signed_response_alg: config.algorithm },
    authentication(config.client_secret),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);

/** Returns the parameters of an authorization request, and what its answer is checked with. */
async function prepare(more) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
    const parameters = {
        redirect_uri: config.redirect_uri,
        scope: "openid profile email offline_access",
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        state: expectedState,
        nonce: expectedNonce,
        ...more,
    };
    return [parameters, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }];
}

/** Returns the request that the browser makes in the end, and what it is checked with. */
export async function authorize(more = {}) {
    const [parameters, checks] = await prepare(more);
    const build = config.pushes ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
    const url = await build(provider, parameters);
    return [request(await visit(url.href)), checks];
}

/** Returns the request that a browser makes with what it brings back. */
function request({ url, fields }) {
    if (!fields) return new URL(url);
    return new Request(url, { method: "POST", body: new URLSearchParams(fields) });
}

export const redeem = (callback, checks) => client.authorizationCodeGrant(provider, callback, checks);
