"""The door for programs that report observations."""

from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError, PermissionDenied
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from config import clock
from matching import actions
from matching.intake import SOURCES

if TYPE_CHECKING:
    from firms.models import User

EXAMPLE = {
    "source": "orders",
    "product": "activity-toys",
    "title": "Activity toys",
    "hs6": "950300",
    "market": "US",
    "date": "2026-01-31",
    "units": 12,
    "buyers": 9,
    "new_buyers": 4,
}


class BatchTooLarge(APIException):
    """More rows than one batch may have."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "batch_too_large"


class OperatorsOnly(BasePermission):
    """Observations move the whole market, so only operators may send them."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not getattr(request.user, "is_operator", False):
            raise PermissionDenied(_("Only an operator, or an operator's token, may send observations."))
        return True


class SignalRow(serializers.Serializer[Any]):
    """One observation of a product in a market on a day."""

    source = serializers.ChoiceField(choices=SOURCES)  # type: ignore[assignment]
    external_id = serializers.CharField(
        max_length=160,
        required=False,
        help_text="identifies the row at its source; product/market/date if missing",
    )
    product = serializers.SlugField(max_length=80)
    title = serializers.CharField(max_length=160, required=False)
    hs6 = serializers.RegexField(r"^\d{6}$", required=False, help_text="HS subheading")
    market = serializers.CharField(max_length=2, help_text="ISO 3166-1 alpha-2")
    date = serializers.DateField()
    units = serializers.IntegerField(min_value=0)
    buyers = serializers.IntegerField(min_value=0, required=False)
    new_buyers = serializers.IntegerField(min_value=0, required=False)


class SignalError(serializers.Serializer[Any]):
    """What is wrong with a row."""

    row = serializers.IntegerField(help_text="index in the batch, from 0")
    field = serializers.CharField()
    reason = serializers.CharField()


class SignalSummary(serializers.Serializer[Any]):
    """What became of the batch; the four counts add up to its rows."""

    accepted = serializers.IntegerField(help_text="new observations")
    corrected = serializers.IntegerField(help_text="observations that supersede an earlier one")
    unchanged = serializers.IntegerField(help_text="known already")
    errors = SignalError(many=True)  # type: ignore[assignment]


class Signals(APIView):
    """Take a batch of observations."""

    permission_classes = [IsAuthenticated, OperatorsOnly]

    @extend_schema(
        operation_id="signals_take_in",
        summary="Send observations",
        description="Up to 10,000 rows. Idempotent by source and external id: the same row again changes "
        "nothing, a changed one supersedes. Bad rows are reported one by one and the good ones are kept.",
        request=SignalRow(many=True),
        responses={
            200: SignalSummary,
            400: OpenApiResponse(SignalSummary, description="No row of the batch could be used."),
            413: OpenApiResponse(description="More than 10,000 rows."),
        },
        examples=[OpenApiExample("one row", value=[EXAMPLE], request_only=True)],
    )
    def post(self, request: Request) -> Response:
        rows = request.data
        if not isinstance(rows, list):
            raise ParseError(_("Send a JSON list of observations."))
        if len(rows) > settings.SIGNAL_BATCH_MAX:
            raise BatchTooLarge(
                _("A batch has at most %(most)s rows; this one has %(rows)s. Send several.")
                % {"most": settings.SIGNAL_BATCH_MAX, "rows": len(rows)}
            )
        summary = actions.take_in(cast("User", request.user).actor, rows, now=clock.now())
        nothing_good = bool(rows) and len(summary.errors) == len(rows)
        code = status.HTTP_400_BAD_REQUEST if nothing_good else status.HTTP_200_OK
        return Response(SignalSummary(summary).data, status=code)
