"""The plan file: an alliance as JSON, its bound, alternatives and explanations."""

import numpy as np

from matching.certificate import Bound, Prices
from matching.explain import Explainer
from matching.solver.chances import margins, outlook, worth
from matching.solver.measure import Alliance, arrival, measure
from matching.solver.problem import Problem, Row, digest
from matching.solver.tables import Tables
from matching.solver.team import Plan

FORMAT = "alliance-plan/1"
NEAREST = 60


def empty(problem: Problem) -> Plan:
    """The alliance of nobody, worth 0."""
    alliance = Alliance({})
    measured = measure(problem, alliance)
    return Plan(alliance, measured, worth(problem, alliance, measured))


def body(problem: Problem, plan: Plan) -> Row:
    """One alliance as the plan file holds it."""
    alliance, measured = plan.alliance, plan.measured
    flows = [
        {
            "offer": key[0],
            "source": key[1],
            "lane": key[2],
            "market": problem.offers["logistics"][key[2]]["market"],
            "arrival": arrival(problem, key),
            "bucket": key[3],
            "units": units,
        }
        for key, units in sorted(alliance.flows.items())
    ]
    return {
        "flows": flows,
        "marketing": sorted(alliance.marketing),
        "quality": sorted(alliance.quality),
        "customs": sorted(alliance.customs),
        "firms": measured.firms,
        "objective": measured.objective,
        "breakdown": measured.breakdown,
        "slack": measured.slack,
    }


def certificate(tables: Tables, prices: Prices) -> Row:
    """The certificate as the plan file holds it."""
    charge = {tables.makers.rows[n]["id"]: int(prices.charge[n]) for n in np.flatnonzero(prices.charge)}
    share = {
        module: {tables.firm_ids[f]: int(v) for f, v in table.items()}
        for module, table in prices.share.items()
    }
    return {
        "origin_price": {g: [int(v) for v in prices.origin[k]] for k, g in enumerate(tables.goods)},
        "landed_price": {
            m["id"]: [int(v) for v in prices.landed[k]] for k, m in enumerate(tables.market_rows)
        },
        "budget_price_bp": prices.budget_bp,
        "share_price": share,
        "quality_charge": charge,
        "synergy_split": list(prices.split),
    }


def report(
    tables: Tables, main: Plan, alternatives: list[Plan], prices: Prices, bound: Bound, shown: int = NEAREST
) -> Row:
    """The whole answer for a feasible problem."""
    problem = tables.problem
    upper = max(bound.total, main.objective)
    explainer = Explainer(tables, bound, main.alliance, main.measured.everyone)
    answer: Row = {
        "format": FORMAT,
        "problem_digest": digest(problem.raw),
        "status": "optimal" if upper == main.objective else "feasible",
        **body(problem, main),
        "upper_bound": upper,
        "bound_certificate": certificate(tables, prices),
        "alternatives": [body(problem, plan) for plan in alternatives],
        "explanations": explainer.shown(shown),
        "relaxations": [],
    }
    if problem.scenarios:
        answer["expected"] = outlook(margins(problem, main.alliance, main.measured))
    if len(alternatives) < problem.raw["alternatives"]["count"]:
        answer["alternatives_exhausted"] = True
    return answer


def refusal(tables: Tables, relaxations: list[Row], prices: Prices, bound: Bound) -> Row:
    """The answer when committed units cannot be met: what would have to give."""
    nobody = empty(tables.problem)
    answer = report(tables, nobody, [], prices, bound)
    return {**answer, "status": "infeasible", "explanations": [], "relaxations": relaxations}
