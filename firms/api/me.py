"""What a program can ask about itself."""

from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from firms.api.tokens import TokenAuthentication
from firms.models import User
from firms.queries import firms_of


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
