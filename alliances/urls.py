"""Addresses of the alliances room."""

from django.urls import path

from alliances.views import board, console, desk, heritage, leaving, orders, records, settlement, task

app_name = "alliances"
urlpatterns = [
    path("desk/", desk.desk, name="desk"),
    path("invitations/<uuid:key>/", desk.invitation, name="invitation"),
    path("invitations/<uuid:key>/accept/", desk.accept, name="accept"),
    path("invitations/<uuid:key>/decline/", desk.decline, name="decline"),
    path("alliances/<uuid:key>/", board.board, name="board"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/", task.page, name="task-page"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/evidence/", task.post_evidence, name="post-evidence"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/comment/", task.comment, name="comment"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/seen/", task.read_mentions, name="read-mentions"),
    path(
        "alliances/<uuid:key>/comments/<int:comment_id>/withdraw/",
        task.withdraw_comment,
        name="withdraw-comment",
    ),
    path("alliances/<uuid:key>/evidence/<uuid:evidence_key>/", task.evidence, name="evidence"),
    path("alliances/<uuid:key>/tasks/<int:task_id>/<str:verb>/", board.task, name="task"),
    path("alliances/<uuid:key>/stock/", board.post_stock, name="post-stock"),
    path("alliances/<uuid:key>/exceptions/", board.post_exception, name="post-exception"),
    path("alliances/<uuid:key>/settlement/", settlement.settlement, name="settlement"),
    path("alliances/<uuid:key>/confirm/", settlement.confirm, name="confirm"),
    path("alliances/<uuid:key>/object/", settlement.object_, name="object"),
    path("alliances/<uuid:key>/settlement/inputs/", settlement.inputs, name="settlement-inputs"),
    path("alliances/<uuid:key>/disputes/", settlement.disputes, name="disputes"),
    path("alliances/<uuid:key>/dispute/", settlement.dispute_work, name="dispute-work"),
    path("objections/<int:objection_id>/accept/", settlement.accept_answer, name="accept-answer"),
    path("objections/<int:objection_id>/dispute/", settlement.dispute, name="dispute"),
    path("disputes/<int:dispute_id>/withdraw/", settlement.withdraw_dispute, name="withdraw-dispute"),
    path("console/disputes/<int:dispute_id>/rule/", settlement.rule, name="rule"),
    path("alliances/<uuid:key>/leave/", leaving.leave, name="leave"),
    path("alliances/<uuid:key>/agree-to-end/", leaving.agree_to_end, name="agree-to-end"),
    path("alliances/<uuid:key>/go-on/", leaving.go_on, name="go-on"),
    path("records/verify_record.py", records.verifier, name="verifier"),
    path("records/<uuid:key>/", records.record, name="record"),
    path("records/<uuid:key>/record.json", records.record_file, name="record-file"),
    path("records/<uuid:key>/checkpoint.txt", records.checkpoint, name="checkpoint"),
    path("alliances/<uuid:key>/lessons/", heritage.add_lesson, name="add-lesson"),
    path("proposals/<uuid:key>/approve/", console.approve, name="approve"),
    path("proposals/<uuid:key>/reject/", console.reject, name="reject"),
    path("console/alliances/", console.list_, name="list"),
    path("console/alliances/<uuid:key>/", console.detail, name="detail"),
    path("console/alliances/<uuid:key>/abort/", console.abort, name="abort"),
    path(
        "console/objections/<int:objection_id>/answer/", settlement.answer_objection, name="answer-objection"
    ),
    path("console/alliances/<uuid:key>/suspend/", orders.suspend, name="suspend"),
    path("console/alliances/<uuid:key>/clear/", orders.clear, name="clear"),
    path("console/alliances/<uuid:key>/stop/", orders.stop, name="stop"),
    path("console/seats/<int:seat_id>/replace/", orders.replace, name="replace"),
    path("console/changes/<uuid:key>/confirm/", orders.confirm_change, name="confirm-change"),
    path("console/changes/<uuid:key>/dismiss/", orders.dismiss_change, name="dismiss-change"),
    path("console/alliances/<uuid:key>/successor/", heritage.found_successor, name="found-successor"),
    path("console/templates/", heritage.templates, name="templates"),
    path("console/templates/<int:proposal_id>/adopt/", heritage.adopt_template, name="adopt-template"),
    path("console/templates/<int:proposal_id>/dismiss/", heritage.dismiss_template, name="dismiss-template"),
]
