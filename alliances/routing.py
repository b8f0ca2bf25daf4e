"""Addresses of the sockets. What is not here is refused, not an error."""

from channels.routing import URLRouter
from django.urls import path, re_path

from alliances.consumers.gate import gate, refuse
from alliances.consumers.sockets import Board, Invitation, Wakes

sockets = gate(
    URLRouter(
        [
            path("ws/alliances/<uuid:key>/", Board.as_asgi()),
            path("ws/invitations/<uuid:key>/", Invitation.as_asgi()),
            path("ws/wakes/", Wakes.as_asgi()),
            re_path("", refuse),  # type: ignore[arg-type]  # Django knows only views of requests
        ]
    )
)
