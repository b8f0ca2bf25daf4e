"""A firm that joins is shown the surges that would have called it, and nothing of anybody else."""

import pytest

from firms.queries.profile import Profile, profile
from matching import actions
from matching.models import Product, Spike
from matching.queries.called import calls, is_one_of, roles_in
from tests.builders.firms import NOW, applicant_firm
from tests.builders.matching import Market


def test_what_is_open_is_counted_and_what_was_answered_is_shown(market: Market, of) -> None:
    best = market.best()
    mine = applicant_firm("Fresh Seams", products=["trousers"])
    seen = calls(profile(mine.pk), NOW)
    assert (seen.open, seen.past) == (1, [])
    actions.open_report(market.operator, str(best.key), now=NOW)
    actions.choose(market.operator, str(best.key), now=NOW)
    seen = calls(profile(mine.pk), NOW)
    assert (seen.open, [call.spike.product.key for call in seen.past]) == (0, ["trousers"])
    assert seen.past[0].wanted
    owner = mine.members.get().user
    page = of(owner).get(f"/firms/{mine.key}/called/").content.decode()
    assert "Trousers" in page
    assert "to make it" in page
    assert not [seat for seat in best.seats.all() if str(seat.firm) in page]
    assert of(market.firms.outsider.owner).get(f"/firms/{mine.key}/called/").status_code == 404


def some(*modules: str, products: tuple[str, ...] = (), **markets: set[str]) -> Profile:
    found = {module: frozenset(codes) for module, codes in markets.items()}
    return Profile("applied", frozenset(modules), products, found)


@pytest.mark.parametrize(
    ("profile", "roles"),
    [
        (some("manufacturing"), ["manufacturing"]),
        (some("manufacturing", products=("6203",)), ["manufacturing"]),
        (some("manufacturing", products=("lanterns",)), []),
        (some("logistics", "marketing", logistics={"US"}, marketing={"DE", "FR"}), ["marketing"]),
        (some("support"), ["support"]),
    ],
)
def test_who_would_have_been_asked(profile: Profile, roles: list[str]) -> None:
    spike = Spike(product=Product(key="a", title="Wide trousers", hs6="620342"), market="DE")
    assert roles_in(profile, spike) == roles


@pytest.mark.parametrize(
    ("words", "is_meant"),
    [(("Lantern",), True), (("灯笼",), True), (("9405",), True), (("620342", "mug"), False), ((), False)],
)
def test_products_are_named_by_words_or_headings(words: tuple[str, ...], is_meant: bool) -> None:
    product = Product(title="PAPER LANTERNS", title_zh="纸灯笼", hs6="940531")
    assert is_one_of(words, product) is is_meant
