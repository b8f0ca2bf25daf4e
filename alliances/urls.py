"""Addresses of the alliances room."""

from django.urls import path

from alliances.views import board, console, desk

app_name = "alliances"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("invitations/<uuid:key>/", desk.invitation, name="invitation"),
    path("invitations/<uuid:key>/accept/", desk.accept, name="accept"),
    path("invitations/<uuid:key>/decline/", desk.decline, name="decline"),
    path("alliances/<uuid:key>/", board.board, name="board"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/<str:verb>/", board.task, name="task"),
    path("alliances/<uuid:key>/stock/", board.post_stock, name="post-stock"),
    path("alliances/<uuid:key>/exceptions/", board.post_exception, name="post-exception"),
    path("alliances/<uuid:key>/settlement/", board.settlement, name="settlement"),
    path("alliances/<uuid:key>/confirm/", board.confirm, name="confirm"),
    path("alliances/<uuid:key>/object/", board.object_, name="object"),
    path("proposals/<uuid:key>/approve/", console.approve, name="approve"),
    path("proposals/<uuid:key>/reject/", console.reject, name="reject"),
    path("console/alliances/", console.list_, name="list"),
    path("console/alliances/<uuid:key>/", console.detail, name="detail"),
    path("console/alliances/<uuid:key>/abort/", console.abort, name="abort"),
    path("console/objections/<int:objection_id>/answer/", console.answer_objection, name="answer-objection"),
]
