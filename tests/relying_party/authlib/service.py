"""A service that gets its tokens with Authlib's session for service accounts (RFC 7523 §2.1)."""

import json

from authlib.integrations.requests_client import AssertionSession
from authlib.oauth2 import OAuth2Error

config = json.loads(input())
endpoint = config["issuer"] + "/api/oidc/token"


def session(key, **more):
    return AssertionSession(
        token_endpoint=endpoint,
        issuer="ci-deploy",
        subject="ci-deploy",
        audience=config["issuer"],
        scope="openid profile groups",
        key=key,
        header={"alg": "RS256", "kid": "own"},
        **more,
    )


def refused(action):
    try:
        action()
    except OAuth2Error as error:
        return error.error
    return None


# It names no client (RFC 7521 §4.1), and gets its first token when it needs one.
with session(config["key"]) as http:
    userinfo = http.get(config["issuer"] + "/api/oidc/userinfo").json()
    token = dict(http.token)
with session(config["other_key"]) as http:
    refusal = refused(lambda: http.get(config["issuer"] + "/api/oidc/userinfo"))
result = {
    "userinfo": userinfo,
    "has_refresh_token": "refresh_token" in token,
    "token_type": token["token_type"],
    "refusal": refusal,
}
print(json.dumps({"result": result}), flush=True)
