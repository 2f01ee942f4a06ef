// Signs its user in with tokens that are bound to a key: with a pushed request, or a bound code.

import { config, finish, refused, visit } from "../driver.mjs";
import * as client from "openid-client";

const keys = await client.randomDPoPKeyPair(config.algorithm);

/** How the client proves who it is: with a key, a secret, or not at all. */
async function authentication() {
    if (config.auth_method === "none") return client.None();
    if (config.auth_method !== "private_key_jwt") return client.ClientSecretBasic(config.client_secret);
    const imported = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("jwk", config.private_key, imported, false, ["sign"]);
    return client.PrivateKeyJwt(key);
}

const provider = await client.discovery(
    new URL(config.issuer),
    config.client_id,
    { id_token_signed_response_alg: config.algorithm, [client.clockSkew]: config.clock_skew ?? 0 },
    await authentication(),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);
const DPoP = client.getDPoPHandle(provider, keys);

const pkceCodeVerifier = client.randomPKCECodeVerifier();
const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
const parameters = {
    redirect_uri: config.redirect_uri,
    scope: "openid profile email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    state: expectedState,
    nonce: expectedNonce,
    dpop_jkt: await DPoP.calculateThumbprint(),
};
const url = config.pushes
    ? await client.buildAuthorizationUrlWithPAR(provider, parameters, { DPoP })
    : client.buildAuthorizationUrl(provider, parameters);
const callback = new URL((await visit(url.href)).url);
const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true };

const thief = { DPoP: client.getDPoPHandle(provider, await client.randomDPoPKeyPair(config.algorithm)) };
const stolen = await refused(() => client.authorizationCodeGrant(provider, callback, checks, {}, thief));
const tokens = await client.authorizationCodeGrant(provider, callback, checks, {}, { DPoP });
const sub = tokens.claims().sub;
const userinfo = await client.fetchUserInfo(provider, tokens.access_token, sub, { DPoP });
const bearer = await refused(() => client.fetchUserInfo(provider, tokens.access_token, sub));
const renewed = await client.refreshTokenGrant(provider, tokens.refresh_token, {}, { DPoP });
const again = await client.fetchUserInfo(provider, renewed.access_token, sub, { DPoP });

finish({
    claims: tokens.claims(),
    userinfo,
    again,
    types: [tokens.token_type, renewed.token_type],
    is_kept: tokens.refresh_token === renewed.refresh_token,
    refusals: { stolen, bearer },
});
