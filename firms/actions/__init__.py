"""What can be done with firms: join and be verified, say what one can do, and keep the ledger of capacity."""

from firms.actions.bulk import add_offers
from firms.actions.capacity import Wanted, add_line, hold, publish_capacity, release, reserve
from firms.actions.devices import (
    choose_push,
    end_subscription,
    note_robot,
    remove_robot,
    set_robot,
    subscribe,
    unsubscribe,
)
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
from firms.actions.painting import paint_capacity, unpaint_capacity
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
from firms.actions.phones import (
    end_phone,
    join_by_code,
    make_code,
    set_pin,
    share_phone,
    switch,
    take_phone,
)
from firms.actions.reputation import act, appeal, dismiss, file_observations, uphold
from firms.actions.rights import demand_others
from firms.actions.sheets import discard_sheet, send_sheet, take_in_sheet
from firms.actions.tables import change_competencies
from firms.actions.taking_in import work_on_sheets
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
    "change_competencies",
    "change_competency",
    "change_firm",
    "change_lane",
    "change_person",
    "change_reach",
    "change_service",
    "choose_mail",
    "choose_push",
    "demand_others",
    "discard_sheet",
    "dismiss",
    "drop_view",
    "end_member",
    "end_phone",
    "end_subscription",
    "file_observations",
    "forget",
    "hold",
    "invite_member",
    "issue_token",
    "join",
    "join_by_code",
    "keep_draft",
    "keep_key",
    "make_code",
    "note_robot",
    "offer_key",
    "paint_capacity",
    "prove_key",
    "publish_capacity",
    "refuse",
    "release",
    "remove_robot",
    "remove_site",
    "reserve",
    "restore_view",
    "revoke_key",
    "revoke_token",
    "save_view",
    "send_sheet",
    "set_pin",
    "set_robot",
    "share_phone",
    "stop_mail",
    "subscribe",
    "suspend",
    "switch",
    "take_in_sheet",
    "take_phone",
    "unpaint_capacity",
    "unsubscribe",
    "uphold",
    "verify",
    "withdraw_competency",
    "withdraw_invitation",
    "withdraw_lane",
    "withdraw_reach",
    "withdraw_service",
    "work_on_sheets",
]
