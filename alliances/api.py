"""For programs: an agreement to read and to sign with the firm's own key, and orders to a board, many at once."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.core.cache import caches
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import UserRateThrottle
from rest_framework.views import APIView

from alliances import actions
from alliances.orders.batch import MAX_ORDERS, MESSAGES_A_SECOND, batch_of, carry_out_all
from alliances.orders.order import MalformedError
from alliances.queries import agreement as queries
from alliances.queries import desk
from config import clock
from config.rows import Missing, Refused

if TYPE_CHECKING:
    from firms.models import User


class NotNow(APIException):
    """The verb was refused, in words."""

    status_code = status.HTTP_409_CONFLICT


class ToSign(serializers.Serializer[Any]):
    """What a firm of this person has to sign."""

    firm = serializers.UUIDField()
    statement = serializers.CharField(help_text="the exact text to sign, its last line break included")


class AgreementShown(serializers.Serializer[Any]):
    alliance = serializers.UUIDField()
    state = serializers.CharField()
    number = serializers.IntegerField()
    hash = serializers.CharField(help_text="SHA-256 of the UTF-8 bytes of the text")
    text = serializers.CharField()
    signatures = serializers.ListField(child=serializers.DictField())
    to_sign = ToSign(many=True)


class SignatureSent(serializers.Serializer[Any]):
    signature = serializers.CharField(max_length=200, help_text="Ed25519 over the statement, in base64")
    firm = serializers.UUIDField(required=False, help_text="needed when several firms of yours have to sign")
    command_id = serializers.CharField(max_length=64, required=False)


class AgreementView(APIView):
    """The agreement of an alliance."""

    @extend_schema(operation_id="agreement_read", summary="Read the agreement", responses=AgreementShown)
    def get(self, request: Request, key: UUID) -> Response:
        user = cast("User", request.user)
        alliance = queries.readable(user.pk, str(key), is_operator=user.is_operator)
        shown_to = None if user.is_operator else user.pk
        found = queries.paper(alliance, shown_to) if alliance else None
        if alliance is None or found is None:
            raise NotFound
        row = queries.agreement_row(found.agreement, whole=True)
        signings = queries.signings(user.pk, alliance, clock.now())
        waiting = [{"firm": one.firm.key, "statement": one.statement} for one in signings]
        shown = {**row, "alliance": alliance.key, "state": alliance.state, "to_sign": waiting}
        return Response(AgreementShown(shown).data)

    @extend_schema(
        operation_id="agreement_sign",
        summary="Post a signature",
        request=SignatureSent,
        responses={
            200: AgreementShown,
            409: OpenApiResponse(description="Refused, with a code and a reason."),
        },
    )
    def post(self, request: Request, key: UUID) -> Response:
        user = cast("User", request.user)
        if not queries.readable_by(user.pk).filter(key=key).exists():
            raise NotFound
        sent = SignatureSent(data=request.data)
        sent.is_valid(raise_exception=True)
        data = sent.validated_data
        try:
            actions.sign(
                user.actor,
                str(key),
                signature=data["signature"],
                firm_key=str(data.get("firm", "")),
                command_id=data.get("command_id"),
                now=clock.now(),
            )
        except Missing:
            raise NotFound from None
        except Refused as refused:
            raise NotNow(str(refused.text), code=refused.code) from refused
        return self.get(request, key)


class OrderSent(serializers.Serializer[Any]):
    """One order; what `data` holds depends on the verb."""

    id = serializers.UUIDField(help_text="your own; an order that is sent again has the same")
    verb = serializers.CharField(help_text="such as start, progress, finish, post_stock")
    task = serializers.IntegerField(required=False, allow_null=True)
    expected_version = serializers.IntegerField(
        required=False, allow_null=True, help_text="of the task; another one is answered with `conflict`"
    )
    data = serializers.DictField(required=False)  # type: ignore[assignment]


class OrdersSent(serializers.Serializer[Any]):
    orders = OrderSent(many=True, help_text=f"1 to {MAX_ORDERS}, in the order in which they were made")
    stop = serializers.BooleanField(required=False, help_text="end with the first refusal")


class OrderAnswered(serializers.Serializer[Any]):
    re = serializers.UUIDField(help_text="the order")
    ok = serializers.BooleanField()
    result = serializers.DictField(required=False)
    code = serializers.CharField(
        required=False, help_text="why not; after `failed`, `later` and `not_tried` send it again"
    )
    text = serializers.CharField(required=False)
    detail = serializers.DictField(required=False, help_text="such as the task as it is")


class OrdersAnswered(serializers.Serializer[Any]):
    answers = OrderAnswered(many=True)


class OrdersRate(UserRateThrottle):
    """As many messages a second as a socket may send; each process counts for itself, so that no broker is needed."""

    scope = "orders"
    rate = f"{MESSAGES_A_SECOND}/second"
    cache = caches["near"]


class OrdersView(APIView):
    """Orders to the board of an alliance, as its page sends them over its socket."""

    throttle_classes = [OrdersRate]

    @extend_schema(
        operation_id="orders_carry_out",
        summary="Carry out orders, each exactly once",
        description="Each in a transaction of its own, in their order. After a refusal the later orders about "
        "the same task are not carried out (`after_refused`), the others are; with `stop` none is.",
        request=OrdersSent,
        responses=OrdersAnswered,
    )
    def post(self, request: Request, key: UUID) -> Response:
        user = cast("User", request.user)
        if not user.is_operator and desk.board_of(user.pk, str(key)) is None:
            raise NotFound
        try:
            batch = batch_of(request.data if isinstance(request.data, dict) else {})
        except MalformedError as wrong:
            raise ParseError from wrong
        return Response({"answers": carry_out_all(batch, user.actor, key, get_language() or "en")})
