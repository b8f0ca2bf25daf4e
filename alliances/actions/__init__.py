"""What happens in an alliance: each verb is one transaction and records itself."""

from alliances.actions.agreeing import sign
from alliances.actions.changing import confirm_change, dismiss_change
from alliances.actions.commenting import comment, read_mentions, withdraw_comment
from alliances.actions.deadlines import act
from alliances.actions.disputing import dispute, dispute_work
from alliances.actions.erasing import erase_contributions
from alliances.actions.evidence import Upload, post_evidence
from alliances.actions.forgetting import erase
from alliances.actions.founding import approve, reject
from alliances.actions.inviting import accept, decline, expire
from alliances.actions.learning import add_lesson, adopt_template, dismiss_template, found_successor
from alliances.actions.mailing import deliver
from alliances.actions.negotiating import accept_counter, counter, offer_other, refuse_counter
from alliances.actions.notices import mark_seen, notify
from alliances.actions.pushing import push_out
from alliances.actions.replacing import leave, replace
from alliances.actions.reporting import post_exception, post_stock
from alliances.actions.restoring import renew_epochs
from alliances.actions.ruling import rule, withdraw_dispute
from alliances.actions.sequencing import sequence
from alliances.actions.settling import accept_answer, answer_objection, confirm, object_
from alliances.actions.suspending import clear, suspend
from alliances.actions.sweeping import sweep
from alliances.actions.winding import agree_to_end, go_on, stop
from alliances.actions.withdrawing import abort
from alliances.actions.working import finish, hand_back, progress, reopen, start

__all__ = [
    "Upload",
    "abort",
    "accept",
    "accept_answer",
    "accept_counter",
    "act",
    "add_lesson",
    "adopt_template",
    "agree_to_end",
    "answer_objection",
    "approve",
    "clear",
    "comment",
    "confirm",
    "confirm_change",
    "counter",
    "decline",
    "deliver",
    "dismiss_change",
    "dismiss_template",
    "dispute",
    "dispute_work",
    "erase",
    "erase_contributions",
    "expire",
    "finish",
    "found_successor",
    "go_on",
    "hand_back",
    "leave",
    "mark_seen",
    "notify",
    "object_",
    "offer_other",
    "post_evidence",
    "post_exception",
    "post_stock",
    "progress",
    "push_out",
    "read_mentions",
    "refuse_counter",
    "reject",
    "renew_epochs",
    "reopen",
    "replace",
    "rule",
    "sequence",
    "sign",
    "start",
    "stop",
    "suspend",
    "sweep",
    "withdraw_comment",
    "withdraw_dispute",
]
