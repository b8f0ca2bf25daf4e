# house: a table of texts
"""What people are told, in English: what it is about, which firm, until when, what happens otherwise. Pure.

The words in %(…)s are filled in when it is read, in the reader's language and time zone: `alliance`, `firm`,
`slot`, `tasks`, `reason`, `until` (the deadline) and `then` (when the next step is taken).
"""

from dataclasses import dataclass
from typing import Literal

Group = Literal["invitations", "tasks", "money", "life", "mentions", "watch"]


def noop(text: str) -> str:
    """Mark a text that the reader's door translates."""
    return text


NEXT_FIRM = "If nobody answers by then, the next firm is asked."
SILENCE = "Whoever says nothing agrees; then the alliance is dissolved and paid out."
LADDER = (
    "What is late is told to the firm's managers, then to the operators; in the end the firm may be replaced."
)


@dataclass(frozen=True)
class Kind:
    """One kind of notice."""

    group: Group  # what a person chooses or stops by e-mail
    subject: str
    text: str
    otherwise: str = ""
    urgency: Literal["ordinary", "deadline", "always"] = "ordinary"  # "deadline": if it passes in quiet hours
    is_before: bool = False  # of no use once its deadline has passed
    page: Literal["invitation", "board", "settlement", "console", "desk"] = "board"  # where it leads


KINDS: dict[str, Kind] = {
    "invitation": Kind(
        "invitations",
        noop("Invitation to %(alliance)s, answer by %(until)s"),
        noop("%(firm)s is invited to take a seat in %(alliance)s: %(slot)s. Answer by %(until)s."),
        NEXT_FIRM,
        page="invitation",
        urgency="deadline",
        is_before=True,
    ),
    "invitation_reminder": Kind(
        "invitations",
        noop("Still to answer by %(until)s: invitation to %(alliance)s"),
        noop("The invitation of %(firm)s to %(alliance)s (%(slot)s) waits for an answer until %(until)s."),
        NEXT_FIRM,
        page="invitation",
        urgency="deadline",
        is_before=True,
    ),
    "invitation_withdrawn": Kind(
        "invitations",
        noop("The invitation to %(alliance)s was withdrawn"),
        noop("The invitation of %(firm)s to %(alliance)s (%(slot)s) was withdrawn. There is nothing to do."),
        page="invitation",
    ),
    "counter_answered": Kind(
        "invitations",
        noop("Your counter-offer in %(alliance)s was answered: look at the terms by %(until)s"),
        noop(
            "The counter-offer of %(firm)s in %(alliance)s (%(slot)s) was answered. Accept or decline by %(until)s."
        ),
        NEXT_FIRM,
        urgency="deadline",
        is_before=True,
        page="invitation",
    ),
    "signature": Kind(
        "invitations",
        noop("The agreement of %(alliance)s waits for your signature until %(until)s"),
        noop(
            "%(firm)s has accepted a seat in %(alliance)s and has not signed the agreement. Sign by %(until)s."
        ),
        noop("Without every signature by then the alliance is given up."),
        page="desk",
        is_before=True,
    ),
    "task_reminder": Kind(
        "tasks",
        noop("Due on %(until)s: %(tasks)s"),
        noop("%(firm)s finishes by %(until)s in %(alliance)s: %(tasks)s."),
        LADDER,
        is_before=True,
    ),
    "task_due": Kind(
        "tasks",
        noop("Late: %(tasks)s"),
        noop("%(firm)s should have finished by %(until)s in %(alliance)s: %(tasks)s."),
        noop("If it is not finished by %(then)s, the platform's operators are told."),
    ),
    "task_last": Kind(
        "tasks",
        noop("%(firm)s may be replaced: %(tasks)s"),
        noop(
            "The operators were told that %(firm)s should have finished by %(until)s in %(alliance)s: %(tasks)s."
        ),
        noop("If it is not finished by %(then)s, another firm is proposed for the seat."),
        urgency="always",
    ),
    "task_operator": Kind(
        "watch",
        noop("Late at %(firm)s: %(tasks)s"),
        noop(
            "%(firm)s should have finished by %(until)s in %(alliance)s: %(tasks)s. Its managers were told."
        ),
        noop("If it is not finished by %(then)s and has to be, the firm's replacement is proposed."),
        page="console",
    ),
    "task_replacing": Kind(
        "tasks",
        noop("The operators decide whether %(firm)s is replaced in %(alliance)s"),
        noop("%(firm)s should have finished by %(until)s in %(alliance)s: %(tasks)s."),
        noop("Finish it, or tell the operators: until they decide, the seat is yours."),
        urgency="always",
    ),
    "change_replacement": Kind(
        "watch",
        noop("Replace %(firm)s in %(alliance)s, or not: a decision waits for you"),
        noop("It is proposed to replace %(firm)s in %(alliance)s (%(slot)s): %(reason)s"),
        noop("If nobody decides by %(until)s, the firm keeps its seat; nobody is replaced by itself."),
        urgency="always",
        is_before=True,
        page="console",
    ),
    "change_demand": Kind(
        "watch",
        noop("A new plan for %(alliance)s waits for your decision"),
        noop("The market wants another quantity than %(alliance)s was planned for. A new plan is proposed."),
        noop("If nobody decides by %(until)s, the present plan goes on."),
        is_before=True,
        page="console",
    ),
    "change_stand_down": Kind(
        "watch",
        noop("An orderly end of %(alliance)s waits for your decision"),
        noop(
            "The trend behind %(alliance)s is over. Its cheapest orderly exit is proposed, with what it costs."
        ),
        noop("If nobody decides by %(until)s, the present plan goes on."),
        is_before=True,
        page="console",
    ),
    "mention": Kind(
        "mentions",
        noop("%(firm)s is mentioned in %(alliance)s: %(tasks)s"),
        noop("A partner mentions %(firm)s in a comment in %(alliance)s: %(tasks)s."),
    ),
    "settled": Kind(
        "money",
        noop("Confirm the settlement of %(alliance)s, or object, by %(until)s"),
        noop("The shares of %(alliance)s are computed. %(firm)s confirms its share or objects by %(until)s."),
        SILENCE,
        page="settlement",
        is_before=True,
    ),
    "settlement_reminder": Kind(
        "money",
        noop("Still to confirm by %(until)s: the settlement of %(alliance)s"),
        noop(
            "%(firm)s has neither confirmed its share of %(alliance)s nor objected. It may object until %(until)s."
        ),
        SILENCE,
        page="settlement",
        is_before=True,
    ),
    "dispute_ended": Kind(
        "money",
        noop("A dispute in %(alliance)s was decided"),
        noop("A dispute in %(alliance)s has ended. Read what was decided, and why."),
    ),
    "objection_answered": Kind(
        "money",
        noop("The objection of %(firm)s to the settlement of %(alliance)s was answered"),
        noop(
            "An operator has answered the objection of %(firm)s in %(alliance)s. It may be disputed by %(until)s."
        ),
        noop("If the firm does not dispute the answer by then, it stands."),
        page="settlement",
    ),
    "objected": Kind(
        "watch",
        noop("An objection to the settlement of %(alliance)s waits for your answer"),
        noop("A partner objects to the settlement of %(alliance)s. It cannot end before somebody answers."),
        noop("If nobody answers within the limit, the settlement stands as it was computed."),
        page="console",
    ),
    "disputed": Kind(
        "watch",
        noop("A dispute in %(alliance)s waits for your ruling"),
        noop(
            "A dispute about %(alliance)s waits for the ruling of a person who has not answered in it before."
        ),
        noop("If nobody rules within the limit, the settlement stands as it was computed."),
        page="console",
    ),
    "countered": Kind(
        "watch",
        noop("A counter-offer in %(alliance)s waits for your answer"),
        noop("%(firm)s asks for other terms in %(alliance)s: %(slot)s. Answer by %(until)s."),
        NEXT_FIRM,
        page="console",
    ),
    "near_proposed": Kind(
        "watch",
        noop("%(alliance)s needs a plan by %(until)s"),
        noop("%(alliance)s has fallen back to planning and waits for a decision until %(until)s."),
        noop("Then it lapses: it is given up for good."),
        page="console",
        is_before=True,
    ),
    "near_negotiating": Kind(
        "watch",
        noop("Signatures are missing in %(alliance)s: it lapses on %(until)s"),
        noop(
            "Not every partner of %(alliance)s has signed the agreement. The time to sign ends on %(until)s."
        ),
        noop("Then it lapses: it is given up for good."),
        page="console",
        is_before=True,
    ),
    "near_evolving": Kind(
        "watch",
        noop("%(alliance)s has an open seat until %(until)s"),
        noop("%(alliance)s looks for a partner or a new plan, at the latest until %(until)s."),
        noop("Then it winds down: no new work is begun."),
        page="console",
        is_before=True,
    ),
    "near_suspended": Kind(
        "watch",
        noop("%(alliance)s is suspended until %(until)s"),
        noop("%(alliance)s is stopped by compliance. A second person may clear it until %(until)s."),
        noop("Then it winds down: no new work is begun."),
        page="console",
        is_before=True,
    ),
    "near_disputed": Kind(
        "watch",
        noop("The dispute in %(alliance)s needs a ruling by %(until)s"),
        noop("A dispute about the settlement of %(alliance)s waits for a ruling until %(until)s."),
        noop("Then the settlement stands as it was computed."),
        page="console",
        is_before=True,
    ),
    "seat_open": Kind(
        "life",
        noop("A seat in %(alliance)s is open again"),
        noop(
            "A partner of %(alliance)s has left its seat. Its access has ended, and another firm is looked for."
        ),
        noop("If nobody takes the seat in time, the alliance winds down."),
    ),
    "suspended": Kind(
        "life",
        noop("%(alliance)s is suspended: do not go on with its work"),
        noop("%(alliance)s is stopped by compliance. Work of %(firm)s in it rests until it is cleared."),
        noop("If it is not cleared by %(until)s, the alliance winds down."),
        urgency="always",
    ),
    "cleared": Kind(
        "life",
        noop("%(alliance)s goes on"),
        noop("%(alliance)s was cleared. Open tasks of %(firm)s have the lost time back."),
        urgency="always",
    ),
    "end_agreed": Kind(
        "life",
        noop("A partner wants to end %(alliance)s early"),
        noop("A partner of %(alliance)s agrees to end it early. %(firm)s may agree too, or do nothing."),
        noop("Unless every partner agrees, the alliance goes on as planned."),
    ),
    "winding_down": Kind(
        "life",
        noop("%(alliance)s ends: no new work is begun"),
        noop("%(alliance)s winds down: %(reason)s Only what %(firm)s has left over is still done."),
        noop("What is not done by %(until)s is written off; then the settlement is shown."),
    ),
    "dissolved": Kind(
        "life",
        noop("%(alliance)s is dissolved"),
        noop("%(alliance)s is dissolved: capacity is free again, access has ended, the record is sealed."),
        noop("What %(firm)s has earned, and the record, stay on your desk under your past alliances."),
        page="desk",
    ),
}

# what is still sent when the alliance is over
LAST_WORDS = frozenset({"dissolved", "invitation_withdrawn"})
