// Asks about its tokens, and gives them back.

import { finish } from "../driver.mjs";
import { authorize, provider, redeem } from "./provider.mjs";
import * as client from "openid-client";

const { access_token, refresh_token } = await redeem(...(await authorize()));

async function active() {
    const ask = async token => (await client.tokenIntrospection(provider, token)).active;
    return [await ask(access_token), await ask(refresh_token)];
}

const described = await client.tokenIntrospection(provider, access_token);
const before = await active();
await client.tokenRevocation(provider, access_token);
const withoutAccessToken = await active();
await client.tokenRevocation(provider, refresh_token, { token_type_hint: "refresh_token" });
finish({ described, active: [before, withoutAccessToken, await active()] });
