"""A malformed problem is refused with the path of the field and the reason."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from matching.certificate import Prices, prove
from matching.solver.columns import build
from matching.solver.problem import ProblemError, digest, parse
from matching.solver.report import certificate
from tests.rules.matching.solver_judge import Judge
from tests.rules.matching.solver_world import small_problem

Row = dict[str, Any]

FAULTS: list[tuple[str, Callable[[Row], Any]]] = [
    ("format", lambda p: p.update(format="alliance-problem/2")),
    ("horizon", lambda p: p.update(horizon=0)),
    ("horizon", lambda p: p.pop("horizon")),
    ("transit_basis", lambda p: p.update(transit_basis="p75")),
    ("product", lambda p: p.update(product=None)),
    ("product.quality_required", lambda p: p["product"].update(quality_required=1)),
    ("markets", lambda p: p.update(markets={})),
    ("markets[1].demand", lambda p: p["markets"][1].update(demand=-1)),
    ("markets[0].unit_value", lambda p: p["markets"][0]["unit_value"].pop()),
    ("markets[0].bucket_demand", lambda p: p["markets"][0].update(bucket_demand=[1])),
    ("markets[1].id", lambda p: p["markets"][1].update(id=p["markets"][0]["id"])),
    ("firms[2].trust", lambda p: p["firms"][2].update(trust="high")),
    ("manufacturing[0].firm", lambda p: p["manufacturing"][0].update(firm="nobody")),
    ("manufacturing[3].moq", lambda p: p["manufacturing"][3].update(moq=1.5)),
    ("manufacturing[3].capacity", lambda p: p["manufacturing"][3].update(capacity=True)),
    ("manufacturing[1].competencies", lambda p: p["manufacturing"][1].update(competencies="950300")),
    ("logistics[0].market", lambda p: p["logistics"][0].update(market="ZZ")),
    ("logistics[4].transit_p90", lambda p: p["logistics"][4].pop("transit_p90")),
    ("customs[0].id", lambda p: p["customs"][0].update(id="Q0")),
    ("quality[0]", lambda p: p["quality"].__setitem__(0, "Q0")),
    ("conflicts", lambda p: p.pop("conflicts")),
    ("conflicts[0]", lambda p: p["conflicts"].__setitem__(0, ["F0"])),
    ("exclusives[0][1]", lambda p: p["exclusives"].__setitem__(0, ["F0", "F-none"])),
    ("synergies[0][2]", lambda p: p["synergies"][0].__setitem__(2, -5)),
    ("limits.budget", lambda p: p["limits"].update(budget=None)),
    ("limits.max_share_bp.logistics", lambda p: p["limits"]["max_share_bp"].pop("logistics")),
    ("limits.max_firms.finance", lambda p: p["limits"]["max_firms"].update(finance=2)),
    ("alternatives.count", lambda p: p["alternatives"].update(count=-1)),
    ("horizon", lambda p: p.update(horizon=10**6, markets=[])),
    ("limits.budget", lambda p: p["limits"].update(budget=10**400)),
    ("markets[0].demand", lambda p: p["markets"][0].update(demand=float("nan"))),
    ("markets[0].unit_value", lambda p: p["markets"][0]["unit_value"].__setitem__(0, float("inf"))),
    ("firms[0].id", lambda p: p["firms"][0].update(id="F0,F1")),
    ("manufacturing[0].origin", lambda p: p["manufacturing"][0].update(origin="CNNGB|F1")),
    ("manufacturing[0].firm", lambda p: p["manufacturing"][0].update(firm="\ud800" * 1000)),
]


@pytest.mark.parametrize(
    ("path", "damage"), FAULTS, ids=[f"{n}-{path}" for n, (path, _) in enumerate(FAULTS)]
)
def test_a_fault_is_named_by_its_path(path: str, damage: Callable[[Row], Any]) -> None:
    problem = small_problem(1)
    damage(problem)
    with pytest.raises(ProblemError) as refused:
        parse(problem)
    assert refused.value.path == path
    assert refused.value.reason
    assert len(str(refused.value).encode()) < 200


NONSENSE: list[Any] = [
    None,
    True,
    -1,
    1.5,
    10**19,
    -(10**19),
    10**400,
    float("nan"),
    "",
    "?",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
]


def everywhere(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field, of the first row of every list."""
    if path:
        yield path
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for name, part in inner:
        yield from everywhere(part, (*path, name))


def test_nonsense_anywhere_is_refused_or_means_something() -> None:
    """Whatever stands in whatever field: the problem is refused by path, or read as one that can be answered."""
    whole = small_problem(4)
    for path in everywhere(whole):
        for value in NONSENSE:
            problem = copy.deepcopy(whole)
            place(problem, path[:-1])[path[-1]] = value
            try:
                build(parse(problem))
            except ProblemError as refused:
                assert refused.path.replace("[", ".").split(".")[0] in problem


def place(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def files() -> dict[str, bytes]:
    nan = json.dumps({**small_problem(1), "horizon": float("nan")}).encode()
    return {
        "no JSON": b"{",
        "another coding": '{"é": 1}'.encode("latin-1"),
        "lists in lists": b"[" * 100_000,
        "endless digits": b'{"horizon": ' + b"9" * 5_000 + b"}",
        "not a number": nan,
        "two bytes of order": b"\xff\xfe",
    }


@pytest.mark.parametrize("kind", sorted(files()))
def test_a_file_that_is_no_problem_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    (tmp_path / "problem.json").write_bytes(files()[kind])
    with pytest.raises(CommandError, match=r"problem\.json"):
        call_command("solve", str(tmp_path / "problem.json"), out=str(tmp_path / "plan.json"))
    assert not (tmp_path / "plan.json").exists()


def test_a_plan_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "problem.json").write_text(json.dumps(small_problem(1)), encoding="utf8")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("solve", str(tmp_path / "problem.json"), out=tmp_path / "none" / "plan.json", steps=1)


@pytest.mark.parametrize("nonsense", [None, [], "problem", 7])
def test_what_is_no_object_is_refused(nonsense: Any) -> None:
    with pytest.raises(ProblemError):
        parse(nonsense)


def test_the_digest_does_not_depend_on_the_order_of_keys() -> None:
    problem = small_problem(1)
    assert digest(problem) == digest(dict(reversed(problem.items())))


@pytest.mark.parametrize("factor", [1, 10**14])
def test_any_prices_prove_the_bound_that_the_specification_sums(factor: int) -> None:
    """Also beyond 64 bits: money may be any integer."""
    for seed in range(8):
        problem = small_problem(seed, markets=3)
        for market in problem["markets"]:
            market["unit_value"] = [v * factor for v in market["unit_value"]]
        tables = build(parse(problem))
        goods, markets, horizon = len(tables.goods), len(tables.market_rows), problem["horizon"]
        charge = [(7 * n + seed) % 5 * 10000 for n in range(len(tables.makers.rows))]
        kind = object if factor > 1 else "int64"
        prices = Prices(
            origin=_table(goods, horizon, 450000 * factor, kind),
            landed=_table(markets, horizon, 700000 * factor, kind),
            budget_bp=seed * 40,
            share={"manufacturing": {int(f): 900 * seed for f in tables.makers.firm[:2]}},
            charge=_array(charge, kind),
            split=[5000 * s for _, _, s in tables.synergies],
        )
        assert prove(tables, prices).total == Judge(problem).bound(certificate(tables, prices))


def _table(rows: int, columns: int, scale: int, kind: Any) -> Any:
    return _array(
        [[scale - scale // 9 * ((r + c) % 7) for c in range(columns)] for r in range(rows)], kind
    ).reshape(rows, columns)


def _array(values: list[Any], kind: Any) -> Any:
    return np.array(values, dtype=kind)
