// Asks about its tokens where it may, and gives them back.

import { config, finish, refused } from "../driver.mjs";
import { authentication, authorize, client, insecure, provider, redeem } from "./provider.mjs";
import * as oauth from "oauth4webapi";

const { access_token, refresh_token } = await redeem(...(await authorize()));

async function introspect(token) {
    const response = await oauth.introspectionRequest(provider, client, authentication, token, insecure);
    return oauth.processIntrospectionResponse(provider, client, response);
}

async function revoke(token) {
    const response = await oauth.revocationRequest(provider, client, authentication, token, insecure);
    await oauth.processRevocationResponse(response);
}

async function isGood(token) {
    const response = await oauth.userInfoRequest(provider, client, token, insecure);
    return response.status === 200;
}

const introspection = await refused(async () => {
    const { active, client_id } = await introspect(access_token);
    if (!active || client_id !== config.client_id) throw "described as something else";
});
const before = await isGood(access_token);
await revoke(refresh_token);
const after = await isGood(access_token);
finish({ introspection, good: [before, after] });
