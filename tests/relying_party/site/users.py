"""What a new user of the site is called."""

import unicodedata

from django.conf import settings


def username(email, claims):
    """Takes the claim that the site is set to, or else the e-mail address."""
    name = claims.get(settings.OIDC_USERNAME_CLAIM) or email
    return unicodedata.normalize("NFKC", name)[:150]
