"""How robots of group chats in China are spoken to; many phones there receive no web push.

WeCom: https://developer.work.weixin.qq.com/document/path/91770
DingTalk: https://open.dingtalk.com/document/robots/custom-robot-access (with its signature)
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

MOST_BYTES = {"wecom": 4096, "dingtalk": 20_000}  # of the text


@dataclass(frozen=True)
class Message:
    """What is posted: an address, and a JSON body."""

    url: str
    body: bytes


def message(kind: str, url: str, secret: str, title: str, text: str, link: str, *, at_ms: int) -> Message:
    """What tells `title` and `text`, with a link, to a robot; `at_ms` is the present in milliseconds since 1970."""
    if kind == "dingtalk":
        shown = f"### {_plain(title)}\n\n{_plain(text)}\n\n[{_plain(title)}]({link})"
        content: dict[str, Any] = {"title": title[:100], "text": _cut(shown, MOST_BYTES[kind])}
        return Message(_signed(url, secret, at_ms), _json({"msgtype": "markdown", "markdown": content}))
    shown = f"**{_plain(title)}**\n{_plain(text)}\n[{link}]({link})"
    return Message(
        url, _json({"msgtype": "markdown", "markdown": {"content": _cut(shown, MOST_BYTES[kind])}})
    )


def is_taken(answer: bytes) -> bool:
    """Whether a robot has taken a message: both answer 200 in any case, and say it in `errcode`."""
    try:
        said = json.loads(answer)
    except ValueError:
        return False
    return isinstance(said, dict) and said.get("errcode") == 0


def hides_nothing(kind: str, url: str) -> bool:
    """Whether the address carries the one word that lets it speak to its group, and nothing else."""
    wanted = {"wecom": "key", "dingtalk": "access_token"}[kind]
    given = parse_qs(urlsplit(url).query)
    return set(given) == {wanted} and len(given[wanted]) == 1


def _signed(url: str, secret: str, at_ms: int) -> str:
    """DingTalk's signature: HMAC-SHA256 over time and secret, keyed with the secret, in base64."""
    if not secret:
        return url
    digest = hmac.new(secret.encode(), f"{at_ms}\n{secret}".encode(), hashlib.sha256).digest()
    return f"{url}&timestamp={at_ms}&sign={quote_plus(base64.b64encode(digest))}"


def _plain(text: str) -> str:
    """Text that is no markup: names of firms and products come from people."""
    return "".join(f"\\{c}" if c in "\\`*_[]()#<>!|" else c for c in " ".join(text.split()))


def _cut(text: str, most: int) -> str:
    return text.encode()[:most].decode(errors="ignore")


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
