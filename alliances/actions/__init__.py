"""What happens in an alliance: each verb is one transaction and records itself."""

from alliances.actions.deadlines import act
from alliances.actions.founding import approve, reject
from alliances.actions.inviting import accept, decline, expire
from alliances.actions.reporting import post_exception, post_stock
from alliances.actions.settling import answer_objection, confirm, object_
from alliances.actions.withdrawing import abort
from alliances.actions.working import finish, hand_back, progress, reopen, start

__all__ = [
    "abort",
    "accept",
    "act",
    "answer_objection",
    "approve",
    "confirm",
    "decline",
    "expire",
    "finish",
    "hand_back",
    "object_",
    "post_exception",
    "post_stock",
    "progress",
    "reject",
    "reopen",
    "start",
]
