// Signs its user in with oauth4webapi, calls UserInfo, and refreshes.

import { config, finish, refused } from "../driver.mjs";
import { authentication, authorize, client, discover, insecure, provider, redeem } from "./provider.mjs";
import * as oauth from "oauth4webapi";

async function refresh({ refresh_token }) {
    const response = await oauth.refreshTokenGrantRequest(
        provider, client, authentication, refresh_token, insecure,
    );
    const tokens = await oauth.processRefreshTokenResponse(provider, client, response);
    await oauth.validateApplicationLevelSignature(provider, response, insecure);
    return tokens;
}

async function askUserInfo({ access_token }) {
    const response = await oauth.userInfoRequest(provider, client, access_token, insecure);
    return oauth.processUserInfoResponse(provider, client, claims.sub, response);
}

/** Reads an access token as an API does that it was sent to (RFC 9068 §4). */
async function readAccessToken({ access_token }) {
    const request = new Request("https://api.example.com", {
        headers: { authorization: `Bearer ${access_token}` },
    });
    return oauth.validateJwtAccessToken(provider, request, config.client_id, insecure);
}

const [answer, checks] = await authorize();
const tokens = await redeem(answer, checks);
const claims = oauth.getValidatedIdTokenClaims(tokens);
const userinfo = await askUserInfo(tokens);
const accessToken = await readAccessToken(tokens);
const renewed = await refresh(tokens);

finish({
    metadata: [provider, await discover("oauth2")],
    claims,
    userinfo,
    access_token: accessToken,
    renewed: oauth.getValidatedIdTokenClaims(renewed),
    userinfo_after_refresh: await askUserInfo(renewed),
    refusals: {
        access_token: await refused(() => askUserInfo(tokens)),
        code: await refused(() => redeem(answer, checks)),
        renewed: await refused(() => refresh(renewed)),
    },
});
