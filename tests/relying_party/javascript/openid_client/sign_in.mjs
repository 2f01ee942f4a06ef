// Signs its user in with openid-client, and tries what it has to refuse.

import { config, finish, refused } from "../driver.mjs";
import { authorize, provider, redeem } from "./provider.mjs";
import * as client from "openid-client";

async function isGood(tokens) {
    const userinfo = client.fetchUserInfo(provider, tokens.access_token, client.skipSubjectCheck);
    return (await refused(() => userinfo)) === "no error";
}

const tokens = await redeem(...(await authorize({ response_mode: config.response_mode })));
const userinfo = await client.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
const renewed = await client.refreshTokenGrant(provider, tokens.refresh_token);
const good = [await isGood(tokens), await isGood(renewed)];
// Once the successor of a refresh token was used, the old one is a replay and ends all of them.
const last = await client.refreshTokenGrant(provider, renewed.refresh_token);

const [callback, checks] = await authorize();
const withoutIssuer = new URL(callback);
withoutIssuer.searchParams.delete("iss");
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const refusals = {
    state: await refused(() => redeem(callback, { ...checks, expectedState: "another" })),
    iss: await refused(() => redeem(withoutIssuer, checks)),
    pkce: await refused(() => redeem(callback, { ...checks, pkceCodeVerifier })),
    nonce: await refused(() => redeem(callback, { ...checks, expectedNonce: "another" })),
    consumed: await refused(() => redeem(callback, checks)),
    refresh_token: await refused(() => client.refreshTokenGrant(provider, tokens.refresh_token)),
    renewed: await refused(() => client.refreshTokenGrant(provider, last.refresh_token)),
    prompt: await refused(async () => redeem(...(await authorize({ prompt: "none", max_age: "0" })))),
};

finish({ claims: tokens.claims(), renewed: renewed.claims(), userinfo, good, refusals });
