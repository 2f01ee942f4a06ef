// The steps of a client, each with its checks.

import { config, visit } from "../driver.mjs";
import * as oauth from "oauth4webapi";

export const insecure = { [oauth.allowInsecureRequests]: true };
const issuer = new URL(config.issuer);

export const client = {
    client_id: config.client_id,
    id_token_signed_response_alg: config.algorithm,
};

export const authentication = {
    client_secret_basic: oauth.ClientSecretBasic,
    client_secret_post: oauth.ClientSecretPost,
    none: oauth.None,
}[config.auth_method](config.client_secret);

export async function discover(algorithm) {
    const response = await oauth.discoveryRequest(issuer, { algorithm, ...insecure });
    return oauth.processDiscoveryResponse(issuer, response);
}

export const provider = await discover("oidc");

/** Returns the parameters of an authorization request, and what its answer is checked with. */
async function prepare() {
    const checks = {
        verifier: oauth.generateRandomCodeVerifier(),
        state: oauth.generateRandomState(),
        nonce: oauth.generateRandomNonce(),
    };
    const parameters = {
        client_id: client.client_id,
        redirect_uri: config.redirect_uri,
        response_type: "code",
        response_mode: config.response_mode,
        scope: "openid profile email offline_access",
        code_challenge: await oauth.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: "S256",
        state: checks.state,
        nonce: checks.nonce,
        max_age: "600",
    };
    return [parameters, checks];
}

async function push(parameters) {
    const response = await oauth.pushedAuthorizationRequest(
        provider, client, authentication, parameters, insecure,
    );
    const { request_uri } = await oauth.processPushedAuthorizationResponse(provider, client, response);
    return { client_id: client.client_id, request_uri };
}

/** Sends the user to sign in with these parameters; returns those that they bring back. */
async function ask(parameters) {
    const request = new URL(provider.authorization_endpoint);
    request.search = new URLSearchParams(config.pushes ? await push(parameters) : parameters);
    const { url, fields } = await visit(request.href);
    return new URLSearchParams(fields ?? new URL(url.replace("#", "?")).searchParams);
}

export async function authorize() {
    const [parameters, checks] = await prepare();
    return [await ask(parameters), checks];
}

export async function redeem(answer, { verifier, state, nonce }) {
    const valid = oauth.validateAuthResponse(provider, client, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(
        provider, client, authentication, valid, config.redirect_uri, verifier, insecure,
    );
    const tokens = await oauth.processAuthorizationCodeResponse(provider, client, response, {
        expectedNonce: nonce,
        maxAge: 600,
        requireIdToken: true,
    });
    await oauth.validateApplicationLevelSignature(provider, response, insecure);
    return tokens;
}
