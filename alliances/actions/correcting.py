"""Corrections of a settlement's inputs, as an operator sends them: checked by name, and with before and after."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from alliances.settlement import Correction, Input, Matter, Record, corrected, value_of
from config.rows import Refused

Fix = dict[str, Any]  # matter, name, currency, units, amount_minor; and the evidence, which is no input
CLAIMS = (Matter.WRITE_OFF, Matter.PENALTY)  # what can be decided before the work is counted
MOST_UNITS, MOST_MINOR = 2_000_000_000, 10**15


def checked(sent: Sequence[Mapping[str, Any]], inputs: Iterable[Input]) -> list[Fix]:
    """The corrections, each of another input that there is. Raises Refused."""
    known = {row.key: row for row in inputs}
    fixes = [_fix(row, known) for row in sent]
    if len({(fix["matter"], fix["name"], fix["currency"]) for fix in fixes}) != len(fixes):
        raise Refused("corrected_twice", _("Correct each input once."))
    return fixes


def with_fixes(record: Record, fixes: Iterable[Fix], version: int) -> Record:
    """The record with these corrections beside its inputs, as of a version."""
    fresh = tuple(
        Correction(
            Matter(fix["matter"]), version, fix["name"], fix["currency"], fix["units"], fix["amount_minor"]
        )
        for fix in fixes
    )
    return replace(record, corrections=record.corrections + fresh)


def changes_of(record: Record, fixes: Iterable[Fix]) -> list[Fix]:
    """Each correction with what the input said before."""
    now = corrected(record)
    changes = []
    for fix in fixes:
        before = value_of(now, Matter(fix["matter"]), fix["name"], fix["currency"])
        changes.append(fix | {"units_before": before.units, "minor_before": before.amount_minor})
    return changes


def only_claims(inputs: Iterable[Input]) -> Collection[Input]:
    """Of the inputs those that a ruling may set while work goes on: what counts is not counted yet."""
    return [row for row in inputs if row.matter in CLAIMS]


def _fix(row: Mapping[str, Any], known: Mapping[str, Input]) -> Fix:
    """One correction of an input that there is, with its evidence. Raises Refused."""
    found = known.get(str(row.get("input", "")))
    if found is None:
        raise Refused("unknown_input", _("Choose which input is corrected."))
    units, minor = _value(row, found)
    evidence = str(row.get("evidence", "")).strip()[:400]
    if not evidence:
        raise Refused("evidence_missing", _("Name the evidence of each correction."))
    return {
        "matter": found.matter.value,
        "name": found.name,
        "currency": found.currency,
        "units": units,
        "amount_minor": minor,
        "evidence": evidence,
    }


def _value(row: Mapping[str, Any], found: Input) -> tuple[int, int]:
    """Units and amount as corrected; of sales either may be left as it is. Raises Refused."""
    said = row.get("units" if found.matter is Matter.DELIVERED else "amount_minor")
    if said is None:
        raise Refused("value_missing", _("Say what the input is corrected to."))
    units, minor = 0, int(said)
    if found.matter is Matter.DELIVERED:
        units, minor = minor, 0
    elif found.matter is Matter.SALES:
        units = found.value.units if row.get("units") is None else int(row["units"])
    if not (0 <= units <= MOST_UNITS and 0 <= minor <= MOST_MINOR):
        raise Refused("too_large", _("Quantities and amounts are whole numbers from 0 on, within reason."))
    return units, minor
