// Signs its user in on a device without a browser, and asks for its tokens too often.

import { allow, finish, refused } from "../driver.mjs";
import { authentication, client, insecure, provider } from "./provider.mjs";
import * as oauth from "oauth4webapi";

async function poll() {
    const response = await oauth.deviceCodeGrantRequest(
        provider, client, authentication, codes.device_code, insecure,
    );
    const tokens = await oauth.processDeviceCodeResponse(provider, client, response);
    await oauth.validateApplicationLevelSignature(provider, response, insecure);
    return tokens;
}

const response = await oauth.deviceAuthorizationRequest(
    provider, client, authentication, { scope: "openid profile email" }, insecure,
);
const codes = await oauth.processDeviceAuthorizationResponse(provider, client, response);
const waiting = [await refused(poll), await refused(poll)];
await allow(codes.user_code);
const tokens = await poll();
finish({
    claims: oauth.getValidatedIdTokenClaims(tokens),
    refusals: [...waiting, await refused(poll)],
});
