// A client of the official MCP SDK that brings no client ID, and an MCP server that trusts the provider.

import { config, finish, visit } from "../driver.mjs";
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import {
    getOAuthProtectedResourceMetadataUrl,
    mcpAuthMetadataRouter,
} from "@modelcontextprotocol/sdk/server/auth/router.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

const resource = new URL(config.resource);
const metadata = await (
    await fetch(`${config.issuer}/.well-known/oauth-authorization-server`)
).json();
const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

/** Takes access tokens of the provider that are for this server. */
async function verifyAccessToken(token) {
    const checks = { issuer: config.issuer, audience: config.resource, typ: "at+jwt" };
    const { payload } = await jwtVerify(token, keys, checks);
    return {
        token,
        clientId: payload.client_id,
        scopes: payload.scope.split(" "),
        expiresAt: payload.exp,
        resource,
        extra: { subject: payload.sub },
    };
}

function startServer() {
    const app = express();
    app.use(express.json());
    app.use(
        mcpAuthMetadataRouter({
            oauthMetadata: metadata,
            resourceServerUrl: resource,
            scopesSupported: ["mcp:tools"],
        }),
    );
    const guard = requireBearerAuth({
        verifier: { verifyAccessToken },
        requiredScopes: ["mcp:tools"],
        resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
        expectedResource: resource,
    });
    app.post("/mcp", guard, async (request, response) => {
        const server = new McpServer({ name: "tools", version: "1" });
        server.registerTool("whoami", {}, extra => ({
            content: [{ type: "text", text: extra.authInfo.extra.subject }],
        }));
        const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
        await server.connect(transport);
        await transport.handleRequest(request, response, request.body);
    });
    return new Promise(ready => {
        const listening = app.listen(resource.port, "localhost", () => ready(listening));
    });
}

/** What an MCP client keeps. */
class Memory {
    redirectUrl = "http://127.0.0.1:33418/callback";
    clientMetadataUrl = config.client_metadata_url;
    clientMetadata = {
        client_name: "Agent",
        redirect_uris: [this.redirectUrl],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
    };
    clientInformation = () => this.information;
    saveClientInformation = information => void (this.information = information);
    tokens = () => this.kept;
    saveTokens = tokens => void (this.kept = tokens);
    redirectToAuthorization = url => void (this.url = url);
    saveCodeVerifier = verifier => void (this.verifier = verifier);
    codeVerifier = () => this.verifier;
}

/** Approves whatever waits, as an administrator does. */
async function approve() {
    const headers = { "X-API-KEY": config.key };
    const requests = `${config.issuer}/api/oidc/client-requests`;
    const waiting = await (await fetch(requests, { headers })).json();
    for (const { clientId, revision } of waiting) {
        const id = clientId.includes(":") ? `~${Buffer.from(clientId).toString("base64url")}` : clientId;
        await fetch(`${requests}/${id}/approve`, {
            method: "POST",
            headers: { ...headers, "content-type": "application/json" },
            body: JSON.stringify({ revision }),
        });
    }
    return waiting.map(one => one.clientType);
}

const listening = await startServer();
const memory = new Memory();
const transport = () => new StreamableHTTPClientTransport(resource, { authProvider: memory });
const first = transport();
const refusal = await new Client({ name: "agent", version: "1" }).connect(first).catch(error => error);
const before = await visit(memory.url.href);
const waiting = await approve();
const after = new URL((await visit(memory.url.href)).url);
await first.finishAuth(after.searchParams.get("code"));
const client = new Client({ name: "agent", version: "1" });
await client.connect(transport());
const told = await client.callTool({ name: "whoami", arguments: {} });
await client.close();
listening.close();
listening.closeAllConnections();
finish({
    refusal: refusal instanceof UnauthorizedError ? 401 : String(refusal),
    before: before.url,
    waiting,
    subject: told.content[0].text,
    scope: memory.kept.scope,
    client_id: memory.information.client_id,
});
