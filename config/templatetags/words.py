"""Words of the domain in the reader's language: `{% load words %}`, `{{ seat.slot|slot_label }}`."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _

register = template.Library()

SLOTS: dict[str, str | Promise] = {
    "maker": _("Maker"),
    "part_maker": _("Maker of parts"),
    "quality": _("Quality inspector"),
    "forwarder": _("Forwarder"),
    "export_broker": _("Export broker"),
    "import_broker": _("Import broker"),
    "warehouse": _("Overseas warehouse"),
    "last_mile": _("Last mile"),
    "listing": _("Listing"),
    "creative": _("Creative"),
    "creators": _("Creators"),
    "live": _("Live stream"),
    "ads": _("Advertising"),
    "seller": _("Seller of record"),
    "importer": _("Importer of record"),
    "eu_responsible": _("EU responsible person"),
    "coordinator": _("Coordinator"),
}
ROUTES: dict[str, str | Promise] = {
    "A": _("A: finished stock, by air"),
    "B": _("B: pilot lot, by air"),
    "C": _("C: bulk, by sea"),
}
EVENTS: dict[str, str | Promise] = {
    "aborted": _("Stopped"),
    "answer_accepted": _("A partner accepted the answer to its objection"),
    "accepted": _("A firm accepted its seat"),
    "agreement_composed": _("The agreement was written: one document, one hash"),
    "all_signed": _("All partners have signed the same agreement"),
    "approved": _("Approved by an operator"),
    "change_dismissed": _("A proposed change was dismissed"),
    "change_lapsed": _("A proposed change lapsed: nobody decided in time"),
    "change_proposed": _("A change was proposed to the operators"),
    "cleared": _("The suspension was cleared: the work goes on"),
    "commented": _("A comment was made"),
    "comment_withdrawn": _("A comment was withdrawn"),
    "committed": _("Committed: capacity is reserved, the partners have access"),
    "completed": _("All tasks are finished; the cooling-off runs"),
    "confirmed": _("A partner confirmed its share"),
    "counter_accepted": _("An operator took the firm's proposal: it is the offer now"),
    "counter_offered": _("An operator offered other terms"),
    "counter_refused": _("An operator refused the firm's proposal: the offer stands"),
    "countered": _("A firm proposed other terms"),
    "declined": _("A firm declined; the next one is asked"),
    "dispute_stood": _("Nobody ruled in time: what was recorded stands"),
    "dispute_withdrawn": _("A dispute was withdrawn"),
    "disputed": _("A dispute was opened; it waits for a ruling"),
    "dissolved": _("Dissolved: capacity released, access ended, record sealed"),
    "end_agreed": _("A partner agreed to an early end"),
    "end_withdrawn": _("A partner wants to go on"),
    "ended": _("The agreed time has passed; only what is left over is done"),
    "ended_early": _("All partners agreed to end early"),
    "escalated": _("Tasks are late"),
    "evolving": _("A seat is filled again while the work goes on"),
    "evidence_posted": _("Evidence was added"),
    "exception_posted": _("An exception was reported; a task was opened"),
    "expired": _("The time to answer has passed"),
    "finished": _("Finished"),
    "given_up": _("Nobody was found for a seat; only what is left over is done"),
    "handed_back": _("Handed back"),
    "invited": _("A firm was invited"),
    "joined": _("A firm took over a seat"),
    "lapsed": _("The time to form the alliance has passed"),
    "launched": _("The workspace is open and the tasks are ready"),
    "lesson_added": _("A partner wrote down a lesson"),
    "nobody_left": _("Nobody is left to ask for a seat"),
    "not_signed": _("A firm did not sign in time; the next one is asked"),
    "objected": _("A partner objected to the settlement"),
    "objection_answered": _("An objection was answered"),
    "objections_closed": _("Unanswered objections were closed"),
    "partner_left": _("A partner left; its seat is open again"),
    "partner_replaced": _("A partner was replaced; its seat is open again"),
    "partner_suspended": _("A partner was suspended; its seat is open again"),
    "further_raised": _("A further opportunity was raised"),
    "plan_revised": _("The plan was revised"),
    "progressed": _("Progress was reported"),
    "recomputed": _("The settlement was computed anew from corrected inputs"),
    "reopened": _("Reopened"),
    "replanned": _("Back to planning: nobody is left to ask"),
    "resumed": _("Every seat is held again"),
    "ruled": _("A dispute was ruled on"),
    "seat_dropped": _("Nobody takes over an optional seat; its open tasks are cancelled"),
    "settled": _("The settlement was computed"),
    "settling_resumed": _("The settlement goes on; its time for objections runs anew"),
    "signed": _("A firm signed the agreement"),
    "started": _("Started"),
    "stock_posted": _("Stock was counted"),
    "stood_down": _("Stood down: the trend is over"),
    "stopped": _("Stopped by an operator; only what is left over is done"),
    "suspended": _("Suspended: all work rests"),
    "unanswered": _("A firm's proposal was not answered in time"),
    "to_sign": _("The agreement waits for the firm's signature"),
    "withdrawn": _("The invitation was withdrawn"),
    "written_off": _("What was left over was written off"),
}


@register.filter
def slot_label(slot: str) -> str:
    """`listing:de` is "Listing (de)"; a second seat of a slot keeps its number."""
    name, _sep, detail = slot.partition(":")
    label = str(SLOTS.get(name, name))
    return f"{label} ({detail})" if detail else label


@register.filter
def seat_label(name: str) -> str:
    """The role of a seat that an account names: `maker-1#2` is its second term, and "Maker"."""
    return slot_label(name.partition("#")[0].rpartition("-")[0])


@register.filter
def route_label(route: str) -> str | Promise:
    return ROUTES.get(route, route)


@register.filter
def event_label(kind: str) -> str | Promise:
    return EVENTS.get(kind, kind)


@register.filter
def translated(text: str) -> str:
    """A text of the platform that was stored in English, such as a task's title."""
    return translate(text) if text else ""
