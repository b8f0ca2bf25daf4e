"""How programs come in: a token in the `Authorization` header stands for one person.

The setting of the REST framework names this class, so nothing here may import the framework's views.
"""

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from firms.models import AccessToken, User

KEYWORDS = {"bearer", "token"}


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer mur_…`; what is wrong with it is answered with 401 and in words."""

    def authenticate(self, request: Request) -> tuple[User, AccessToken] | None:
        """Return the token's person, or none when the request bears no token. Raises AuthenticationFailed."""
        parts = get_authorization_header(request).decode("latin-1").split()
        if not parts or parts[0].lower() not in KEYWORDS:
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Bearer TOKEN"))
        found = AccessToken.objects.live().filter(digest=AccessToken.digest_of(parts[1]))
        token = found.select_related("user").first()
        if token is None:
            raise AuthenticationFailed(_("This token is unknown or was revoked."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Murmuration"'
