"""What decides over the steps of an alliance: facts, and the guards that look at them."""

from dataclasses import dataclass

from alliances.lifecycle.machine import Guard


@dataclass(frozen=True)
class Facts:
    """What the guards may look at; collected by the caller inside its transaction."""

    is_decided: bool = False  # a named person chose this proposal, having opened its current risk report
    is_acyclic: bool = False  # the task graph can be worked off
    has_candidates: bool = False  # each mandatory slot has at least one candidate left
    all_mandatory_accepted: bool = False  # each mandatory seat is accepted, its capacity held
    all_signed: bool = False  # every partner has signed the same agreement hash
    seats_vacant: int = 0  # seats of a living alliance whose firm has gone and that nobody has taken yet
    is_another_person: bool = False  # who clears a suspension is not who ordered it
    has_stand_in: bool = False  # each mandatory seat whose firm has not signed has a candidate left
    is_workspace_ready: bool = False  # workspace, access and task graph exist
    trend_alive: bool = True  # the surge is still above its floor
    mandatory_tasks_total: int = 0  # mandatory tasks that ever existed
    mandatory_tasks_open: int = 0  # of these not finished and not cancelled
    open_disputes: int = 0  # disputes without a ruling
    partners_agreed: bool = False  # every partner agreed to end early
    deadline_passed: bool = False  # the deadline of the present state, the launch or the end date
    cooling_off_over: bool = False  # the time in which a task may be reopened has passed
    was_completed: bool = False  # it winds down because its work is done, not because somebody ended it
    was_reopened: bool = False  # the alliance came back from winding down once already
    leftovers_open: int = 0  # tasks, stock and returns neither done, handed over nor written off by name
    is_settled: bool = False  # a settlement was computed from the final record
    settlement_sum: int = 0  # largest absolute sum over currencies, in minor units
    all_confirmed: bool = False  # every partner confirmed its share
    objection_period_over: bool = False  # the time to object has passed
    objections_open: int = 0  # objections without an answer, or with one that may still be disputed
    versions_left: int = 1  # how often the settlement may still be computed anew


Check = Guard[Facts]

DECIDED = Check(
    "decided",
    lambda f: f.is_decided,
    "A named person has to choose this proposal and open its current risk report first.",
)
ACYCLIC = Check("acyclic", lambda f: f.is_acyclic, "The tasks wait for each other in a circle.")
CANDIDATES = Check("candidates", lambda f: f.has_candidates, "A mandatory slot has no candidate.")
NOBODY_LEFT = Check(
    "nobody_left",
    lambda f: f.deadline_passed or not f.has_candidates,
    "There is still a candidate and time to ask.",
)
ACCEPTED = Check(
    "all_mandatory_accepted", lambda f: f.all_mandatory_accepted, "A mandatory seat is not accepted yet."
)
SIGNED = Check("all_signed", lambda f: f.all_signed, "Not every partner has signed the agreement.")
STAND_IN = Check(
    "stand_in", lambda f: f.has_stand_in, "Nobody is left to ask for the seat that has not signed."
)
VACANT = Check(
    "seat_vacant", lambda f: f.seats_vacant > 0, "Every seat is held: nothing has to be filled again."
)
FILLED = Check("seats_filled", lambda f: f.seats_vacant == 0, "A seat is not filled again yet.")
ANOTHER_PERSON = Check(
    "another_person",
    lambda f: f.is_another_person,
    "You ordered this suspension: another operator has to clear it.",
)
WORKSPACE = Check("workspace_ready", lambda f: f.is_workspace_ready, "The workspace is not ready.")
ALIVE = Check("trend_alive", lambda f: f.trend_alive, "The trend is over.")
TREND_OVER = Check("trend_over", lambda f: not f.trend_alive, "The trend is still alive.")
HAD_TASKS = Check(
    "had_mandatory_tasks",
    lambda f: f.mandatory_tasks_total > 0,
    "There never was a mandatory task, so finishing cannot end this alliance; its end date will.",
)
TASKS_DONE = Check(
    "mandatory_tasks_done", lambda f: f.mandatory_tasks_open == 0, "A mandatory task is not finished."
)
NO_DISPUTES = Check("no_open_disputes", lambda f: f.open_disputes == 0, "A dispute is still open.")
IN_DISPUTE = Check("in_dispute", lambda f: f.open_disputes > 0, "No dispute is open.")
AGREED = Check("partners_agreed", lambda f: f.partners_agreed, "Not every partner has agreed to end.")
TIME_UP = Check("deadline_passed", lambda f: f.deadline_passed, "The deadline has not passed.")
COOLED_OFF = Check("cooling_off_over", lambda f: f.cooling_off_over, "The cooling-off has not passed.")
STILL_WARM = Check("cooling_off_open", lambda f: not f.cooling_off_over, "The cooling-off has passed.")
WAS_COMPLETED = Check(
    "was_completed", lambda f: f.was_completed, "It was ended before its work was done, and stays so."
)
FIRST_TIME = Check("not_reopened_before", lambda f: not f.was_reopened, "It was reopened once already.")
LEFTOVERS = Check(
    "leftovers_done",
    lambda f: f.leftovers_open == 0,
    "A task, stock or return is neither done, handed over nor written off.",
)
SETTLED = Check("settled", lambda f: f.is_settled, "The settlement has not been computed.")
ZERO = Check("settlement_is_zero", lambda f: f.settlement_sum == 0, "The settlement does not sum to zero.")
ACCEPTED_SHARES = Check(
    "shares_accepted",
    lambda f: f.all_confirmed or f.objection_period_over,
    "A partner has not confirmed and the time to object has not passed.",
)
NO_OBJECTIONS = Check("no_open_objections", lambda f: f.objections_open == 0, "An objection is open.")
MORE_VERSIONS = Check(
    "final",
    lambda f: f.versions_left > 0,
    "The settlement was computed anew as often as is allowed: it is final.",
)
