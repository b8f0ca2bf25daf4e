"""How programs come in: a token in the `Authorization` header stands for one person."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.decorators import api_view
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from firms.models import AccessToken, User
from firms.queries import firms_of

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


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI schema describes the token."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class MyFirm(serializers.Serializer[Any]):
    key = serializers.UUIDField()
    name = serializers.CharField()
    role = serializers.CharField()
    state = serializers.CharField()


class Me(serializers.Serializer[Any]):
    email = serializers.EmailField()
    name = serializers.CharField()
    is_operator = serializers.BooleanField()
    firms = MyFirm(many=True)


@extend_schema(responses=Me, operation_id="me")
@api_view(["GET"])
def me(request: Request) -> Response:
    """Tell a program for whom it acts."""
    user = cast(User, request.user)
    told = {"email": user.email, "name": user.shown_name, "is_operator": user.is_operator}
    return Response(Me({**told, "firms": firms_of(user.pk)}).data)
