"""What robots of group chats are sent, by their documents; and secrets at rest."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from firms.quiet import gathered
from firms.robots import hides_nothing, is_taken, message
from firms.sealing import seal, unseal

DING = "https://oapi.dingtalk.com/robot/send?access_token=abc"
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abc"


def test_dingtalk_is_signed_as_its_document_says() -> None:
    said = message(
        "dingtalk", DING, "SEC1", "Late", "Finish it", "https://x.example/", at_ms=1_700_000_000_000
    )
    sent = parse_qs(urlsplit(said.url).query)
    right = hmac.new(b"SEC1", b"1700000000000\nSEC1", hashlib.sha256).digest()
    assert sent["timestamp"] == ["1700000000000"]
    assert base64.b64decode(sent["sign"][0]) == right
    body = json.loads(said.body)
    assert body["msgtype"] == "markdown"
    assert "Finish it" in body["markdown"]["text"]


def test_wecom_takes_markdown_within_its_limit_and_names_are_no_markup() -> None:
    said = message("wecom", WECOM, "", "**[click](http://evil)**", "丝" * 4000, "https://x.example/", at_ms=0)
    content = json.loads(said.body)["markdown"]["content"]
    assert said.url == WECOM
    assert len(content.encode()) <= 4096
    assert content.startswith("**\\*\\*\\[click\\]\\(http://evil\\)")


def test_an_answer_of_200_may_still_be_a_refusal() -> None:
    assert is_taken(b'{"errcode":0,"errmsg":"ok"}')
    for no in (b'{"errcode":310000,"errmsg":"sign not match"}', b"<html>", b"[]", b""):
        assert not is_taken(no)


def test_an_address_carries_one_word_only() -> None:
    assert hides_nothing("dingtalk", DING)
    assert hides_nothing("wecom", WECOM)
    assert not hides_nothing("wecom", WECOM + "&key=other")
    assert not hides_nothing("dingtalk", DING + "&sign=x")


def test_what_is_sealed_opens_with_its_secret_only() -> None:
    kept = seal(DING, "secret", b"n" * 12)
    assert "access_token" not in kept
    assert unseal(kept, "secret") == DING
    with pytest.raises(ValueError, match="another secret"):
        unseal(kept, "other")


@pytest.mark.parametrize(
    ("pace", "goes"),
    [
        ("now", datetime(2026, 3, 2, 1, 20, tzinfo=UTC)),
        ("hourly", datetime(2026, 3, 2, 2, 0, tzinfo=UTC)),
        ("daily", datetime(2026, 3, 3, 0, 0, tzinfo=UTC)),
    ],
)
def test_gathered_notices_go_on_the_hour_or_at_eight_by_the_readers_clock(pace: str, goes: datetime) -> None:
    assert gathered(datetime(2026, 3, 2, 1, 20, tzinfo=UTC), pace, "Asia/Shanghai") == goes
