"""What happens in an alliance: each verb is one transaction and records itself."""

from alliances.actions.changing import confirm_change, dismiss_change
from alliances.actions.deadlines import act
from alliances.actions.founding import approve, reject
from alliances.actions.inviting import accept, decline, expire
from alliances.actions.replacing import leave, replace
from alliances.actions.reporting import post_exception, post_stock
from alliances.actions.sequencing import sequence
from alliances.actions.settling import answer_objection, confirm, object_
from alliances.actions.suspending import clear, suspend
from alliances.actions.sweeping import sweep
from alliances.actions.winding import agree_to_end, go_on, stop
from alliances.actions.withdrawing import abort
from alliances.actions.working import finish, hand_back, progress, reopen, start

__all__ = [
    "abort",
    "accept",
    "act",
    "agree_to_end",
    "answer_objection",
    "approve",
    "clear",
    "confirm",
    "confirm_change",
    "decline",
    "dismiss_change",
    "expire",
    "finish",
    "go_on",
    "hand_back",
    "leave",
    "object_",
    "post_exception",
    "post_stock",
    "progress",
    "reject",
    "reopen",
    "replace",
    "sequence",
    "start",
    "stop",
    "suspend",
    "sweep",
]
