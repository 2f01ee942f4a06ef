"""Signs its user in with Authlib, as a Django site does, and lets its HTTP client refresh the tokens."""

import json
from urllib.parse import urlsplit

from authlib.integrations.base_client import OAuthError
from authlib.integrations.django_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from django.conf import settings
from django.test import RequestFactory

config = json.loads(input())
settings.configure(ALLOWED_HOSTS=["*"])
provider = OAuth().register(
    "provider",
    client_id=config["client_id"],
    client_secret=config["client_secret"],
    server_metadata_url=config["issuer"] + "/.well-known/openid-configuration",
    client_kwargs={
        "scope": "openid profile email offline_access",
        "code_challenge_method": "S256",
        "token_endpoint_auth_method": config["auth_method"],
    },
)


def ask(message):
    print(json.dumps(message), flush=True)
    return json.loads(input())


def request(url, session):
    parts = urlsplit(url)
    request = RequestFactory().get(f"{parts.path}?{parts.query}")
    request.session = session
    return request


def sign_in(session):
    """Authlib checks `state`, the signature of the ID token, and its `iss`, `aud`, `exp`, `nonce` and `at_hash`."""
    redirect = provider.authorize_redirect(request("/", session), config["redirect_uri"])
    callback = ask({"visit": redirect["Location"]})["url"]
    return callback, provider.authorize_access_token(request(callback, session))


def is_good(token):
    with OAuth2Session(token={**token, "expires_at": None}) as http:
        return http.get(provider.server_metadata["userinfo_endpoint"]).status_code == 200


def refresh(tokens):
    """UserInfo is asked with a token that its expiry says is over, so that Authlib gets another one first."""
    renewed = []
    with OAuth2Session(
        config["client_id"],
        config["client_secret"],
        token_endpoint_auth_method=config["auth_method"],
        token_endpoint=provider.server_metadata["token_endpoint"],
        token={**tokens, "expires_at": 1},
        update_token=lambda token, **_: renewed.append(token),
    ) as http:
        userinfo = http.get(provider.server_metadata["userinfo_endpoint"]).json()
    return renewed[0], userinfo


def refused(action):
    try:
        action()
    except OAuthError as error:
        return error.error
    return None


def sign_out(session, tokens):
    """Authlib checks `state`, too."""
    redirect = provider.logout_redirect(
        request("/", session), config["post_logout_redirect_uri"], tokens["id_token"]
    )
    bye = ask({"visit": redirect["Location"]})["url"]
    sent = provider.validate_logout_response(request(bye, session))
    return bye.startswith(sent["post_logout_redirect_uri"])


session = {}
callback, tokens = sign_in(session)
replayed = refused(lambda: provider.authorize_access_token(request(callback, session)))
userinfo = provider.userinfo(token=tokens)
renewed, userinfo_after = refresh(tokens)
good = [is_good(tokens), is_good(renewed)]
# Once the successor of a refresh token was used, the old one is a replay and ends all of them.
last, _ = refresh(renewed)
result = {
    "id_token": tokens["userinfo"],
    "userinfo": userinfo,
    "userinfo_after_refresh": userinfo_after,
    "is_rotated": renewed["refresh_token"] != tokens["refresh_token"],
    "good": good,
    "refusals": [replayed, refused(lambda: refresh(tokens)), refused(lambda: refresh(last))],
    "signed_out": sign_out(session, tokens),
}
print(json.dumps({"result": result}), flush=True)
