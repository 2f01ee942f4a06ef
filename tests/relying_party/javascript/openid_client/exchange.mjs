// An application calls the API of orders, which exchanges the token of its user for one with which it
// asks the API of the stock. Each API verifies its tokens with jose, by the published keys.

import { config, finish, refused } from "../driver.mjs";
import { createServer } from "node:http";
import { once } from "node:events";
import * as client from "openid-client";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { authorize, provider, redeem } from "./provider.mjs";

const keys = createRemoteJWKSet(new URL(provider.serverMetadata().jwks_uri));
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const orders = await client.discovery(
    new URL(config.issuer),
    config.orders.id,
    {},
    client.ClientSecretBasic(config.orders.secret),
    { execute: [client.allowInsecureRequests] },
);

/** Serves an API that takes tokens for one audience. Answers its address. */
async function api(audience, scope, answer) {
    const server = createServer(async (request, response) => {
        try {
            const token = request.headers.authorization?.replace(/^Bearer /, "");
            const options = { issuer: config.issuer, audience, typ: "at+jwt" };
            const { payload } = await jwtVerify(token, keys, options);
            if (!payload.scope.split(" ").includes(scope)) throw new Error("scope");
            response.end(JSON.stringify(await answer(payload, token)));
        } catch (error) {
            response.statusCode = 401;
            response.end(JSON.stringify({ error: error.error ?? error.code ?? error.message }));
        }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    server.unref();
    return `http://127.0.0.1:${server.address().port}/`;
}

async function call(url, token) {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, ...(await response.json()) };
}

const stockUrl = await api(config.stock_api, "stock:read", ({ sub, act, client_id }) => ({ sub, act, client_id }));

function exchange(token, more = {}) {
    return client.genericGrantRequest(orders, GRANT, {
        subject_token: token,
        subject_token_type: ACCESS_TOKEN,
        resource: config.stock_api,
        ...more,
    });
}

const ordersUrl = await api(config.orders_api, "orders:read", async (payload, token) => {
    const exchanged = await exchange(token, { scope: "stock:read" });
    const described = await client.tokenIntrospection(orders, exchanged.access_token);
    return {
        sub: payload.sub,
        issued: exchanged.issued_token_type,
        type: exchanged.token_type,
        described,
        stock: await call(stockUrl, exchanged.access_token),
        direct: await call(stockUrl, token),
    };
});

const [callback, checks] = await authorize({ scope: "openid orders:read", resource: config.orders_api });
const tokens = await redeem(callback, checks);
const answer = await call(ordersUrl, tokens.access_token);
const wider = await refused(() => exchange(tokens.access_token, { scope: "stock:write" }));
const elsewhere = await refused(() => exchange(tokens.access_token, { resource: "https://other.example.com" }));
const byOther = await refused(() =>
    client.genericGrantRequest(provider, GRANT, {
        subject_token: tokens.access_token,
        subject_token_type: ACCESS_TOKEN,
        resource: config.stock_api,
    }),
);
await client.tokenRevocation(provider, tokens.access_token);
const ended = await call(ordersUrl, tokens.access_token);

finish({ sub: tokens.claims().sub, answer, ended, refusals: { wider, elsewhere, byOther } });
