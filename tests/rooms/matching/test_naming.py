"""Products have a title in each language."""

import pytest
from django.utils.translation import override

from config.rows import CLOCK, Actor, Missing
from matching import actions, feeds
from matching.models import Product

pytestmark = pytest.mark.django_db


def test_readers_of_chinese_see_the_chinese_title():
    product = Product.objects.create(key="candles", title="Candles")
    assert actions.name_in_chinese(CLOCK, feeds.titles_zh()) == 1
    product.refresh_from_db()
    assert str(product) == "Candles"
    with override("zh-hans"):
        assert str(product) == "蜡烛"


def test_members_name_nothing():
    with pytest.raises(Missing):
        actions.name_in_chinese(Actor("member", "x", 1), {"candles": "蜡烛"})
