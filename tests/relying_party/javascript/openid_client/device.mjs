// Signs its user in on a device without a browser.

import { allow, finish } from "../driver.mjs";
import { provider } from "./provider.mjs";
import * as client from "openid-client";

const codes = await client.initiateDeviceAuthorization(provider, { scope: "openid profile email" });
await allow(codes.user_code);
const tokens = await client.pollDeviceAuthorizationGrant(provider, { ...codes, interval: 0 });
const userinfo = await client.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
finish({ claims: tokens.claims(), userinfo });
