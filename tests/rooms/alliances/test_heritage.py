"""What remains of an alliance: conduct, durations, lessons, and a successor."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from alliances import actions
from alliances.actions.learning import propose_template
from alliances.heritage import ENOUGH
from alliances.lifecycle import State
from alliances.models import (
    Alliance,
    Duration,
    Event,
    Invitation,
    Lesson,
    Stream,
    Succession,
    Task,
    TaskTemplate,
    TemplateProposal,
)
from alliances.queries import templates
from alliances.templatetags.heritage import lesson
from config.rows import Missing, Refused
from firms.models import Firm, Observation
from matching.blueprint import Route
from matching.models import Opportunity, OpportunityMarket
from matching.queries.durations import learned
from tests.builders.alliances import (
    DAY,
    HOUR,
    NOW,
    World,
    accept,
    accept_mandatory,
    actor_of,
    confirm_all,
    decline,
    dissolved,
    do,
    fresh,
    invitation,
    operating,
    seat,
    settling,
    standing_proposal,
    task,
    work_off,
    worker,
)
from tests.builders.keys import bring_key

pytestmark = pytest.mark.usefixtures("savepoint")


def lines(**where: Any) -> list[tuple[str, str]]:
    rows = Observation.objects.filter(**where).order_by("subject", "dimension")
    return [(row.subject, row.outcome) for row in rows if row.dimension != "answered"]


# -- conduct --


def test_each_firm_has_the_lines_of_its_own_tasks(world: World) -> None:
    alliance = dissolved(world)
    maker = lines(firm=world.firms.maker.firm)
    kept = [(f"task:{code}", "kept") for code in ("M1", "M2", "M3")]
    assert maker == [*kept, ("task:M6", "kept"), ("task:M6", "sound"), ("task:M7", "kept")]
    line = Observation.objects.get(firm=world.firms.maker.firm, subject="task:M6", dimension="quality")
    assert (line.slot, line.scope, line.alliance_title) == ("maker", "6203", alliance.title)
    assert Observation.objects.filter(slot="forwarder").values_list("scope", flat=True)[0] == "DE"
    assert Firm.objects.get(pk=world.firms.maker.id).trust > 600


def test_who_was_asked_and_answered(world: World) -> None:
    """The rival declines, which is an answer; the maker does not say a word."""
    alliance = world.approve()
    later = NOW + timedelta(hours=49)
    decline(invitation(alliance, "live"), NOW)
    actions.act(later)
    actions.abort(world.operator, str(alliance.key), reason="no time", now=later)
    found = dict(Observation.objects.filter(slot="maker").values_list("firm__legal_name", "outcome"))
    assert found["Ningbo Trousers"] == "silent"
    assert Observation.objects.get(slot="live").outcome == "answered"
    assert set(Observation.objects.values_list("dimension", flat=True)) == {"answered"}


def test_who_proposed_other_terms_has_answered_though_time_ran_out(world: World) -> None:
    alliance = world.approve()
    found = invitation(alliance, "maker")
    owner = world.firms.maker.owner.actor
    actions.counter(owner, str(found.key), terms_hash=found.terms_hash, prices={0: 700}, now=NOW)
    later = NOW + timedelta(hours=49)
    actions.act(later)
    actions.abort(world.operator, str(alliance.key), reason="no time", now=later)
    assert Observation.objects.get(firm=world.firms.maker.firm).outcome == "answered"


def test_to_answer_exceptions_earns_no_reputation(world: World) -> None:
    """A worker could report, answer, and report again, until the firm stood highest of all."""
    alliance = operating(world)
    maker = world.firms.maker
    for _ in range(3):
        opened = actions.post_exception(
            maker.worker.actor, str(alliance.key), kind="shortage", text="x", now=NOW
        )
        do(alliance.tasks.get(pk=opened["task"]))
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    assert [subject for subject, _outcome in lines(firm=maker.firm) if subject.startswith("task:X")] == []


@pytest.mark.parametrize(("slot", "state"), [("forwarder", State.ABORTED), ("maker", State.INVITING)])
def test_who_accepts_and_does_not_sign_in_time_has_broken_a_promise(
    world: World, slot: str, state: State
) -> None:
    """Nobody stands in for the carrier, so the alliance lapses; the rival is asked for the maker's seat."""
    idle = {"forwarder": world.firms.carrier, "maker": world.firms.maker}[slot]
    bring_key(idle)
    alliance = accept_mandatory(world.approve())
    actions.act(NOW + 49 * HOUR)
    assert fresh(alliance).state == state
    line = Observation.objects.get(subject__startswith="signature:")
    assert (line.firm, line.slot, line.outcome, line.bad) == (idle.firm, slot, "broken", 3)


def test_an_alliance_that_is_stopped_before_the_limit_breaks_nobodys_promise(world: World) -> None:
    bring_key(world.firms.carrier)
    alliance = accept_mandatory(world.approve())
    actions.abort(world.operator, str(alliance.key), reason="no time", now=NOW + 47 * HOUR)
    assert not Observation.objects.filter(outcome="broken").exists()


def test_a_report_of_damage_counts_against_the_task_that_it_is_about(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    lot = task(alliance, "M6")
    actions.start(actor_of(world.firms.maker.id, "worker"), lot.pk, now=NOW)
    opened = actions.post_exception(
        world.firms.carrier.worker.actor,
        str(alliance.key),
        kind="damage",
        text="wet",
        task_id=lot.pk,
        now=NOW,
    )
    do(alliance.tasks.get(pk=opened["task"]), NOW)
    do(task(alliance, "M6"), NOW)
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    assert ("task:M6", "faulty") in lines(firm=world.firms.maker.firm)


@pytest.mark.parametrize(
    ("reporter", "unfounded", "outcome"),
    [
        ("seller", False, "faulty"),
        ("seller", True, "sound"),  # who answers denies it
        ("maker", False, "sound"),  # accuser and judge in one
    ],
)
def test_only_damage_that_another_upholds_counts(
    world: World, reporter: str, unfounded: bool, outcome: str
) -> None:
    alliance = work_off(operating(world), until="L4")
    opened = damage(world, alliance, "L4", reporter)
    do(opened, NOW, unfounded=unfounded)
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    assert ("task:L4", outcome) in lines(firm=world.firms.carrier.firm)


def test_nobody_acquits_their_own_firm_and_an_operator_may(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    opened = damage(world, alliance, "M6", "carrier")
    with pytest.raises(Refused, match="own_firm"):
        do(opened, NOW, unfounded=True)
    actions.finish(world.operator, opened.pk, unfounded=True, now=NOW)
    opened.refresh_from_db()
    assert opened.is_unfounded


def damage(world: World, alliance: Alliance, code: str, reporter: str) -> Task:
    sent = {"kind": "damage", "text": "wet", "task_id": task(alliance, code).pk}
    by = getattr(world.firms, reporter).worker.actor
    return alliance.tasks.get(pk=actions.post_exception(by, str(alliance.key), **sent, now=NOW)["task"])


def test_what_was_counted_bad_counts_against_who_had_the_goods(world: World) -> None:
    alliance = work_off(operating(world), until="L4")
    flight = task(alliance, "L4")
    actions.start(actor_of(world.firms.carrier.id, "worker"), flight.pk, now=NOW)
    actions.post_evidence(
        world.firms.carrier.worker.actor,
        flight.pk,
        text="two crates crushed",
        good_units=80,
        bad_units=20,
        now=NOW,
    )
    work_off(alliance)
    do(task(alliance, "L4"), NOW)
    work_off(alliance)
    actions.act(NOW + DAY)
    confirm_all(alliance, NOW + DAY + HOUR)
    line = Observation.objects.get(subject="task:L4", dimension="quality")
    assert (line.outcome, line.good, line.bad) == ("faulty", 0.8, 0.2)


def test_who_leaves_is_judged_at_once_and_its_successor_by_its_own_time(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    late = NOW + 80 * DAY
    actions.leave(world.firms.maker.owner.actor, str(alliance.key), reason="fire", now=late)
    left = lines(firm=world.firms.maker.firm)
    assert ("task:M6", "broken") in left
    assert ("task:M1", "kept") in left
    assert not Observation.objects.filter(firm=world.firms.carrier.firm).exists()
    again = Invitation.objects.get(seat__alliance=alliance, firm=world.rival.firm, state="pending")
    accept(again, late)
    work_off(alliance, late + DAY)
    actions.act(late + 2 * DAY)
    actions.act(late + 6 * DAY)  # who left cannot confirm; the time to object passes
    assert fresh(alliance).state == State.DISSOLVED
    assert lines(firm=world.firms.maker.firm) == left
    assert ("task:M6", "kept") in lines(firm=world.rival.firm)  # the time of the other is not on its account
    replaced = [row for row in Lesson.objects.get(alliance=alliance).rows if row["code"] == "replaced"]
    assert replaced == [{"code": "replaced", "slot": "maker"}]


@pytest.mark.parametrize(
    ("reporter", "days", "answered", "outcome"),
    [
        ("maker", -1, 2, "late"),  # its own
        ("carrier", 1, 2, "late"),  # too late
        ("carrier", -1, 2, "kept"),  # another's, in time
        ("carrier", -1, 20, "late"),  # which the firm itself was to answer in three days
    ],
)
def test_lateness_does_not_disappear_behind_an_exception(
    world: World, reporter: str, days: int, answered: int, outcome: str
) -> None:
    alliance = work_off(operating(world), until="M6")
    lot = task(alliance, "M6")
    late = lot.due_at + answered * DAY
    opened = actions.post_exception(
        getattr(world.firms, reporter).worker.actor,
        str(alliance.key),
        kind="shortage",
        text="x",
        task_id=lot.pk,
        now=lot.due_at + days * DAY,
    )
    do(alliance.tasks.get(pk=opened["task"]), late)
    do(task(alliance, "M6"), late)
    work_off(alliance, late)
    actions.act(late + DAY)
    confirm_all(alliance, late + DAY + HOUR)
    assert ("task:M6", outcome) in lines(firm=world.firms.maker.firm)


@pytest.mark.parametrize(("is_choice", "found"), [(True, ["broken"]), (False, [])])
def test_to_leave_a_minute_before_the_limit_is_no_way_out(
    world: World, is_choice: bool, found: list[str]
) -> None:
    alliance = work_off(operating(world), until="M6")
    minute_before = task(alliance, "M6").due_at - timedelta(minutes=1)
    if is_choice:
        actions.leave(world.firms.maker.owner.actor, str(alliance.key), reason="fire", now=minute_before)
    else:
        actions.replace(world.operator, seat(alliance, "maker").pk, reason="fire", now=minute_before)
    assert [
        outcome for subject, outcome in lines(firm=world.firms.maker.firm) if subject == "task:M6"
    ] == found


def test_the_goods_of_a_maker_that_left_are_judged_by_the_inspection(world: World) -> None:
    alliance = operating(world)
    inspected_by(alliance, "forwarder")
    work_off(alliance, until="M8")
    assert task(alliance, "M6").state == "finished"
    actions.leave(world.firms.maker.owner.actor, str(alliance.key), reason="fire", now=NOW)
    assert ("task:M6", "sound") not in lines(firm=world.firms.maker.firm)
    inspection = task(alliance, "M8")
    actions.start(worker(inspection), inspection.pk, now=NOW)
    actions.post_evidence(
        worker(inspection), inspection.pk, text="seams open", good_units=60, bad_units=40, now=NOW
    )
    end_after_a_leave(alliance)
    line = Observation.objects.get(subject="task:M6", dimension="quality")
    assert (line.firm, line.outcome, line.bad) == (world.firms.maker.firm, "faulty", 0.4)


def inspected_by(alliance: Alliance, slot: str) -> None:
    due_at = NOW + 30 * DAY
    inspection = Task.objects.create(
        alliance=alliance,
        code="M8",
        title="Inspect the goods",
        seat=seat(alliance, slot),
        planned_start_at=NOW,
        planned_finish_at=due_at,
        due_at=due_at,
    )
    inspection.after.add(task(alliance, "M6"))
    task(alliance, "L2").after.add(inspection)


def end_after_a_leave(alliance: Alliance) -> None:
    """Who left cannot confirm: the time to object passes."""
    for found in alliance.tasks.filter(state="started"):
        do(found, NOW)
    work_off(alliance)
    actions.act(NOW + DAY)
    actions.act(NOW + 5 * DAY)
    assert fresh(alliance).state == State.DISSOLVED


# -- durations and the template --


def lived(world: World, days: float, code: str = "L5") -> None:
    """An alliance that is over, in which a task took so many days."""
    proposal = standing_proposal(world.firms, [])
    alliance = Alliance.objects.create(
        title="earlier",
        product=proposal.opportunity.product,
        opportunity=proposal.opportunity,
        proposal=proposal,
        route="B",
        currency="EUR",
        units=1,
        state=State.ABORTED,
        entered_at=NOW,
        founded_at=NOW,
        end_at=NOW,
        forming=Stream.objects.create(kind=Stream.Kind.FORMING),
    )
    Duration.objects.create(alliance=alliance, route="B", code=code, days=days, filed_at=NOW)


def proposed(world: World, times: int = ENOUGH, days: float = 6.0) -> TemplateProposal | None:
    for _ in range(times):
        lived(world, days)
    propose_template("B", NOW)
    return TemplateProposal.objects.filter(state="open").first()


def test_how_long_each_task_took_is_kept(world: World) -> None:
    alliance = operating(world)
    found = task(alliance, "M1")
    actions.start(actor_of(world.firms.maker.id, "worker"), found.pk, now=NOW + DAY)
    actions.finish(actor_of(world.firms.maker.id, "worker"), found.pk, now=NOW + 3 * DAY)
    later = NOW + 4 * DAY
    work_off(alliance, later)
    actions.act(later + DAY)
    confirm_all(alliance, later + DAY + HOUR)
    rows = dict(Duration.objects.values_list("code", "days"))
    assert rows == {"M1": 2.0}  # the day for which it waited is not counted, nor what took no time at all


def test_the_template_is_proposed_anew_when_enough_was_seen(world: World) -> None:
    assert proposed(world, ENOUGH - 1) is None
    found = proposed(world, 1)
    assert found is not None
    (row,) = found.changes
    assert (row["code"], row["old"], row["observations"]) == ("L5", [0.5, 1.5, 10.0], ENOUGH)
    assert 3 < row["new"][1] < 6
    again = proposed(world, 2)
    assert again is not None
    assert (again.pk, again.changes[0]["observations"]) == (found.pk, ENOUGH + 2)


def test_adopted_days_make_a_new_version_and_reach_new_plans(world: World) -> None:
    found = proposed(world)
    assert found is not None
    for stranger in (world.firms.maker.owner.actor, world.firms.outsider.owner.actor):
        with pytest.raises(Missing):
            actions.adopt_template(stranger, found.pk, now=NOW)
    actions.adopt_template(world.operator, found.pk, now=NOW)
    template = templates.current("B")
    assert (template.version, template.tasks["L5"].days.likely) == (2, found.changes[0]["new"][1])
    assert template.tasks["L4"] == templates.current("A").tasks["L4"]
    assert learned().of(Route.B) == {"L5": template.tasks["L5"].days}
    assert TaskTemplate.objects.get(route="B", version=2).approved_by == world.firms.operator
    propose_template("B", NOW)
    assert not TemplateProposal.objects.filter(state="open").exists()  # what was seen counts once
    with pytest.raises(Refused, match="decided"):
        actions.adopt_template(world.operator, found.pk, now=NOW)


def test_what_was_set_aside_comes_up_again_only_when_much_more_was_seen(world: World) -> None:
    found = proposed(world)
    assert found is not None
    with pytest.raises(Refused, match="text_missing"):
        actions.dismiss_template(world.operator, found.pk, reason=" ", now=NOW)
    actions.dismiss_template(world.operator, found.pk, reason="a strike", now=NOW)
    assert templates.current("B").version == 1
    assert proposed(world, ENOUGH - 1) is None
    assert proposed(world, 1) is not None


# -- lessons --


def test_an_ended_alliance_says_what_was_planned_and_what_came(world: World) -> None:
    alliance = dissolved(world)
    rows = {row["code"]: row for row in Lesson.objects.get(alliance=alliance).rows}
    assert {"completed", "first_unit_early", "end_early", "units", "margin"} <= set(rows)
    assert (rows["units"]["planned"], rows["units"]["sold"]) == (100, 100)
    assert rows["margin"]["planned_minor"] == 130_000
    assert rows["margin"]["actual_minor"] == 250_000 - 65_000 - 15_000
    assert lesson(rows["units"]) == "100 units were sold of 100 planned."
    with translation.override("zh-hans"):
        assert all(lesson(row) for row in rows.values())


def test_what_went_wrong_is_named(world: World) -> None:
    alliance = work_off(operating(world), until="M6")
    late = NOW + 30 * DAY
    actions.post_exception(
        world.firms.carrier.worker.actor, str(alliance.key), kind="delay", text="x", now=NOW
    )
    work_off(alliance, late)
    actions.act(late + DAY)
    confirm_all(alliance, late + DAY + HOUR)
    rows = Lesson.objects.get(alliance=alliance).rows
    told = [lesson(row) for row in rows]
    assert any(text.startswith("“Produce the pilot lot” decided the end: 30 days") for text in told)
    assert "Delay was reported 1 times." in told


def test_partners_write_lessons_while_it_ends_and_they_can_be_erased(world: World) -> None:
    alliance = settling(world)
    maker, key = world.firms.maker, str(alliance.key)
    actions.add_lesson(maker.worker.actor, key, text="Book the flight earlier", now=NOW + DAY)
    with pytest.raises(Missing):
        actions.add_lesson(world.firms.outsider.owner.actor, key, text="no", now=NOW + DAY)
    with pytest.raises(Refused, match="text_missing"):
        actions.add_lesson(maker.worker.actor, key, text="", now=NOW + DAY)
    event = Event.objects.get(kind="lesson_added")
    assert "Book" not in event.body
    confirm_all(alliance, NOW + DAY + HOUR)
    with pytest.raises(Refused):
        actions.add_lesson(maker.worker.actor, key, text="too late", now=NOW + 2 * DAY)
    page = f"/console/alliances/{key}/"
    assert "Book the flight earlier" in shown(world, page)
    assert event.note is not None
    event.note.text, event.note.erased_at = "", NOW
    event.note.save()
    assert "Book the flight earlier" not in shown(world, page)


# -- a successor --

WANTED = [{"market": "DE", "units_p10": 50, "units_p50": 100, "units_p90": 200}]


def succeed(world: World, alliance: Alliance) -> Opportunity:
    raised = actions.found_successor(
        world.operator,
        str(alliance.key),
        markets=WANTED,
        half_life_days=14,
        reason="they ask for it again",
        now=NOW + 9 * DAY,
    )
    return Opportunity.objects.get(key=raised["opportunity"])


def test_a_successor_goes_the_ordinary_way_and_the_old_one_stays_dead(world: World) -> None:
    """ERPNext #42363: an old alliance never comes back to life."""
    alliance = dissolved(world)
    before = (Alliance.objects.filter(pk=alliance.pk).values().get(), Event.objects.count())
    opportunity = succeed(world, alliance)
    assert (opportunity.state, opportunity.product) == ("open", alliance.product)
    assert Succession.objects.get(opportunity=opportunity).predecessor == alliance
    assert not Alliance.objects.filter(opportunity=opportunity).exists()
    assert (Alliance.objects.filter(pk=alliance.pk).values().get(), Event.objects.count()) == before
    assert not alliance.grants.filter(ended_at=None).exists()
    with pytest.raises(Refused, match="already_open"):
        succeed(world, alliance)


def test_only_an_operator_and_only_after_a_dissolved_one(world: World) -> None:
    alliance = settling(world)
    with pytest.raises(Refused, match="not_dissolved"):
        succeed(world, alliance)
    with pytest.raises(Missing):
        actions.found_successor(
            world.firms.maker.owner.actor,
            str(alliance.key),
            markets=WANTED,
            half_life_days=14,
            reason="x",
            now=NOW,
        )


def test_the_pages_show_what_remains(world: World) -> None:
    alliance = dissolved(world)
    OpportunityMarket.objects.create(opportunity=alliance.opportunity, **WANTED[0])
    assert "100 units were sold of 100 planned." in shown(world, f"/console/alliances/{alliance.key}/")
    address = f"/console/alliances/{alliance.key}/successor/"
    form = shown(world, address)
    assert 'name="units_p50_DE" value="100"' in form
    operator = browser(world)
    sent = {
        "reason": "again",
        "half_life_days": "10",
        "units_p10_DE": "9",
        "units_p50_DE": "5",
        "units_p90_DE": "9",
    }
    assert "The numbers must rise" in operator.post(address, sent).content.decode()
    answer = operator.post(address, {**sent, "units_p10_DE": "2"})
    page = shown(world, answer["Location"])
    for text in ("Successor of", "Held this seat before", "Ningbo Trousers", "What was learned then"):
        assert text in page
    assert "A successor was raised" in shown(world, f"/console/alliances/{alliance.key}/")


def test_the_page_of_the_templates(world: World) -> None:
    found = proposed(world)
    assert found is not None
    page = shown(world, "/console/templates/")
    assert "Import clearance" in page
    browser(world).post(f"/console/templates/{found.pk}/adopt/")
    assert "Adopted" in shown(world, "/console/templates/")


def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.firms.operator)
    return client


def shown(world: World, address: str) -> str:
    answer = browser(world).get(address)
    assert answer.status_code == 200
    return answer.content.decode()
