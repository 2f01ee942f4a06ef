"""A client of the official MCP SDK that brings no client ID, or an identity assertion, and an MCP server that trusts
the provider."""

import asyncio
import base64
import json
from urllib.parse import parse_qs, urlsplit

import httpx2
import jwt
import uvicorn
from mcp.client import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.auth.extensions.identity_assertion import IdentityAssertionOAuthProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.auth.provider import AccessToken
from mcp.server.auth.settings import AuthSettings
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

config = json.loads(input())
resource = config["resource"]


def ask(message):
    print(json.dumps(message), flush=True)
    return json.loads(input())


class Verifier:
    """Takes access tokens of the provider that are for this server."""

    def __init__(self, jwks_uri):
        self.keys = jwt.PyJWKClient(jwks_uri)

    async def verify_token(self, token):
        if jwt.get_unverified_header(token)["typ"] != "at+jwt":
            return None
        key = await asyncio.to_thread(self.keys.get_signing_key_from_jwt, token)
        claims = jwt.decode(token, key, audience=resource, issuer=config["issuer"])
        return AccessToken(
            token=token,
            client_id=claims["client_id"],
            scopes=claims["scope"].split(" "),
            expires_at=claims["exp"],
            resource=resource,
            subject=claims["sub"],
            claims=claims,
        )


async def start_server():
    async with httpx2.AsyncClient(timeout=60) as http:
        url = f"{config['issuer']}/.well-known/oauth-authorization-server"
        jwks_uri = (await http.get(url)).json()["jwks_uri"]
    server = MCPServer(
        "tools",
        token_verifier=Verifier(jwks_uri),
        auth=AuthSettings(
            issuer_url=config["issuer"],
            resource_server_url=resource,
            required_scopes=["mcp:tools"],
            validate_token_resource=True,
        ),
    )

    @server.tool()
    def whoami() -> str:
        return get_access_token().subject

    port = urlsplit(resource).port
    app = server.streamable_http_app(stateless_http=True)
    site = uvicorn.Server(uvicorn.Config(app, host="localhost", port=port, log_level="warning"))
    serving = asyncio.create_task(site.serve())
    while not site.started:
        await asyncio.sleep(0.01)
    return site, serving


async def approve():
    """Approves whatever waits, as an administrator does."""
    requests = f"{config['issuer']}/api/oidc/client-requests"
    async with httpx2.AsyncClient(timeout=60, headers={"X-API-KEY": config["key"]}) as http:
        waiting = (await http.get(requests)).json()
        for one in waiting:
            client = one["clientId"]
            if ":" in client:
                client = "~" + base64.urlsafe_b64encode(client.encode()).decode().rstrip("=")
            body = {"revision": one["revision"]}
            (await http.post(f"{requests}/{client}/approve", json=body)).raise_for_status()
    return [one["clientType"] for one in waiting]


class Memory:
    """What an MCP client keeps, and its user's browser."""

    tokens = None
    client = None
    url = None
    before = None
    waiting = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client

    async def redirect(self, url):
        self.before = ask({"visit": url})["url"]
        self.waiting = await approve()
        self.url = ask({"visit": url})["url"]

    async def callback(self):
        answer = {name: values[0] for name, values in parse_qs(urlsplit(self.url).query).items()}
        return AuthorizationCodeResult(
            code=answer["code"], state=answer["state"], iss=answer["iss"]
        )


def of_user(memory):
    """Signs the user in here."""
    return OAuthClientProvider(
        server_url=resource,
        client_metadata=OAuthClientMetadata(
            client_name="Agent",
            redirect_uris=["http://127.0.0.1:33418/callback"],
            grant_types=["authorization_code", "refresh_token"],
            token_endpoint_auth_method="none",
        ),
        storage=memory,
        redirect_handler=memory.redirect,
        callback_handler=memory.callback,
        client_metadata_url=config["client_metadata_url"],
    )


def vouched_for(memory, elsewhere):
    """Has the provider vouch for the user where they signed in."""

    async def assertion(audience, resource):
        fields = {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "requested_token_type": "urn:ietf:params:oauth:token-type:id-jag",
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
            "subject_token": elsewhere["id_token"],
            "audience": audience,
            "resource": resource,
        }
        credentials = (elsewhere["client_id"], elsewhere["client_secret"])
        async with httpx2.AsyncClient(timeout=60, auth=credentials) as http:
            answer = await http.post(f"{elsewhere['issuer']}/api/oidc/token", data=fields)
        return answer.raise_for_status().json()["access_token"]

    return IdentityAssertionOAuthProvider(
        server_url=resource,
        storage=memory,
        client_id=config["client_id"],
        client_secret=config["client_secret"],
        issuer=config["issuer"],
        assertion_provider=assertion,
    )


async def sign_in():
    memory = Memory()
    elsewhere = config.get("elsewhere")
    provider = vouched_for(memory, elsewhere) if elsewhere else of_user(memory)
    async with httpx2.AsyncClient(timeout=60) as http:
        refusal = (await http.post(resource, json={})).status_code
    async with httpx2.AsyncClient(timeout=60, auth=provider) as http:
        async with Client(streamable_http_client(resource, http_client=http)) as client:
            told = await client.call_tool("whoami", {})
    return {
        "refusal": refusal,
        "before": memory.before,
        "waiting": memory.waiting,
        "subject": told.content[0].text,
        "scope": memory.tokens.scope,
        "client_id": memory.client and memory.client.client_id,
    }


async def main():
    site, serving = await start_server()
    result = await sign_in()
    site.should_exit = True
    await serving
    print(json.dumps({"result": result}), flush=True)


asyncio.run(main())
