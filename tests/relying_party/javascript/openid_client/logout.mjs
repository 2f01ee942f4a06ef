// Signs its user out at the provider.

import { config, finish, refused, visit } from "../driver.mjs";
import { authorize, provider, redeem } from "./provider.mjs";
import * as client from "openid-client";

const signInSilently = async () => redeem(...(await authorize({ prompt: "none" })));

const { id_token } = await redeem(...(await authorize()));
const before = await refused(signInSilently);
const url = client.buildEndSessionUrl(provider, {
    id_token_hint: id_token,
    post_logout_redirect_uri: config.post_logout_redirect_uri,
    state: "state of the sign-out",
});
const bye = new URL((await visit(url.href)).url);
finish({
    address: bye.origin + bye.pathname,
    state: bye.searchParams.get("state"),
    sign_in: [before, await refused(signInSilently)],
});
