"""Small matching problems made from a seed: every kind of rule occurs, and everything fits on a page."""

import random
from typing import Any

HS6 = "950300"
Row = dict[str, Any]


def small_problem(
    seed: int, *, makers: int = 6, lanes: int = 5, agencies: int = 4, markets: int = 2, commit: float = 0.0
) -> Row:
    """A random problem; `commit` is the part of each demand that must be served."""
    chance = random.Random(seed)
    horizon, origins = 6, ["CNNGB", "VNSGN"]
    problem: Row = {
        "format": "alliance-problem/1",
        "id": f"w{seed}",
        "currency": "USD",
        "minor_unit": 2,
        "bucket_days": 3,
        "horizon": horizon,
        "transit_basis": chance.choice(["p50", "p90"]),
        "product": {"hs6": HS6, "quality_required": chance.random() < 0.7},
        "firms": [],
        "markets": [],
        "manufacturing": [],
        "logistics": [],
        "marketing": [],
        "quality": [],
        "customs": [],
    }
    for m in range(markets):
        problem["markets"].append(_market(chance, ["US", "DE", "FR"][m], horizon, commit))
    for n in range(makers):
        problem["manufacturing"].append(
            {
                "id": f"M{n}",
                "firm": _firm(problem, chance),
                "origin": chance.choice(origins),
                "competencies": [HS6] if chance.random() < 0.9 else ["000000"],
                "incoterm": "FCA",
                "unit_cost": chance.randint(30, 90),
                "fixed_cost": chance.randint(0, 150),
                "moq": chance.randint(0, 20),
                "capacity": chance.randint(10, 60),
                "lead_time": chance.randint(0, 2),
                "stock": chance.choice([0, 0, 15]),
            }
        )
    carriers = [_firm(problem, chance) for _ in range(3)]
    for n in range(lanes):
        fast = chance.randint(0, 2)
        problem["logistics"].append(
            {
                "id": f"L{n}",
                "firm": chance.choice(carriers),
                "origin": chance.choice(origins),
                "market": problem["markets"][n % markets]["id"],
                "mode": "air",
                "unit_cost": chance.randint(1, 20),
                "fixed_cost": chance.randint(0, 80),
                "min_units": chance.randint(0, 10),
                "capacity": chance.randint(20, 90),
                "transit_p50": fast,
                "transit_p90": fast + chance.randint(0, 1),
                "supervision_mode": chance.choice(["9610"] * 5 + ["1210"]),
            }
        )
    _services(problem, chance, origins, agencies)
    _pairs(problem, chance, carriers)
    problem["limits"] = {
        "max_firms": {"manufacturing": 3, "logistics": 2, "marketing": 2 * markets},
        "max_share_bp": {
            "manufacturing": chance.choice([6000, 10000, 10000]),
            "logistics": chance.choice([8000, 10000]),
        },
        "budget": chance.choice([4000, 20000]),
        "min_trust": 300,
        "excluded_jurisdictions": ["TR"],
    }
    problem["alternatives"] = {"count": 2, "min_distance": 2}
    return problem


def _firm(problem: Row, chance: random.Random) -> str:
    name = f"F{len(problem['firms'])}"
    problem["firms"].append(
        {
            "id": name,
            "legal_person": f"P{chance.randint(0, 30)}",
            "jurisdiction": chance.choice(["CN"] * 6 + ["VN", "TR"]),
            "trust": chance.randint(250, 1000),
            "engagement_cost": chance.randint(0, 40),
        }
    )
    return name


def _market(chance: random.Random, name: str, horizon: int, commit: float) -> Row:
    demand, first = chance.randint(20, 80), chance.randint(120, 260)
    return {
        "id": name,
        "unlocode": f"{name}XXX",
        "languages": ["en"],
        "demand": demand,
        "bucket_demand": [chance.randint(0, demand) for _ in range(horizon)]
        if chance.random() < 0.5
        else None,
        "unit_value": [max(0, first - chance.randint(10, 40) * t) for t in range(horizon)],
        "holding_cost": chance.randint(0, 3),
        "min_units": int(demand * commit),
        "min_reach": chance.randint(0, 40),
        "deadline": chance.randint(3, horizon - 1),
        "supervision_modes": ["9610"],
        "customs_required": chance.random() < 0.7,
    }


def _services(problem: Row, chance: random.Random, origins: list[str], agencies: int) -> None:
    houses = [_firm(problem, chance) for _ in range(3)]
    for n in range(agencies):
        problem["marketing"].append(
            {
                "id": f"K{n}",
                "firm": chance.choice(houses),
                "market": problem["markets"][n % len(problem["markets"])]["id"],
                "language": "en",
                "channel": "live",
                "reach": chance.randint(20, 60),
                "fee": chance.randint(0, 60),
            }
        )
    for n, origin in enumerate(origins * 2):
        problem["quality"].append(
            {"id": f"Q{n}", "firm": _firm(problem, chance), "origin": origin, "fee": chance.randint(0, 40)}
        )
    for n, market in enumerate(problem["markets"] * 2):
        problem["customs"].append(
            {
                "id": f"C{n}",
                "firm": _firm(problem, chance),
                "market": market["id"],
                "fee": chance.randint(0, 40),
            }
        )


def _pairs(problem: Row, chance: random.Random, carriers: list[str]) -> None:
    makers = [x["firm"] for x in problem["manufacturing"]]
    problem["conflicts"] = [[makers[0], makers[1]], [makers[2], carriers[0]]] if len(makers) > 2 else []
    problem["exclusives"] = [[makers[-1], chance.choice(carriers)]]
    problem["synergies"] = [
        [chance.choice(makers), chance.choice(carriers), chance.randint(0, 300)] for _ in range(3)
    ]
