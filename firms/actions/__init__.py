"""What can be done with firms: join and be verified, say what one can do, and keep the ledger of capacity."""

from firms.actions.bulk import add_offers
from firms.actions.capacity import Wanted, add_line, hold, publish_capacity, release, reserve
from firms.actions.forgetting import forget
from firms.actions.joining import change_firm, join, keep_draft, refuse, suspend, verify
from firms.actions.keys import keep_key, offer_key, prove_key, revoke_key
from firms.actions.mail import choose_mail, stop_mail
from firms.actions.offers import (
    add_competency,
    add_lane,
    add_reach,
    add_service,
    add_site,
    change_competency,
    change_lane,
    change_reach,
    change_service,
    remove_site,
    withdraw_competency,
    withdraw_lane,
    withdraw_reach,
    withdraw_service,
)
from firms.actions.people import (
    accept_membership,
    add_member,
    change_person,
    end_member,
    invite_member,
    issue_token,
    revoke_token,
    withdraw_invitation,
)
from firms.actions.reputation import act, appeal, dismiss, file_observations, uphold
from firms.actions.views import drop_view, restore_view, save_view

__all__ = [
    "Wanted",
    "accept_membership",
    "act",
    "add_competency",
    "add_lane",
    "add_line",
    "add_member",
    "add_offers",
    "add_reach",
    "add_service",
    "add_site",
    "appeal",
    "change_competency",
    "change_firm",
    "change_lane",
    "change_person",
    "change_reach",
    "change_service",
    "choose_mail",
    "dismiss",
    "drop_view",
    "end_member",
    "file_observations",
    "forget",
    "hold",
    "invite_member",
    "issue_token",
    "join",
    "keep_draft",
    "keep_key",
    "offer_key",
    "prove_key",
    "publish_capacity",
    "refuse",
    "release",
    "remove_site",
    "reserve",
    "restore_view",
    "revoke_key",
    "revoke_token",
    "save_view",
    "stop_mail",
    "suspend",
    "uphold",
    "verify",
    "withdraw_competency",
    "withdraw_invitation",
    "withdraw_lane",
    "withdraw_reach",
    "withdraw_service",
]
