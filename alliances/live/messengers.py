"""The ways to a browser and to a robot: one HTTPS request, without redirects, to a service that is known."""

import http.client
import json
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from config import push_key
from config.base64url import decoded
from firms.endpoints import is_push_endpoint, is_robot_endpoint
from firms.queries import Browser, GroupChat
from firms.robots import is_taken, message

TIMEOUT_SECONDS = 10.0
TTL_SECONDS = 24 * 3600  # how long a push service keeps a message for a phone that is off
MOST_BYTES = 3000  # of a message; services take 4096 with all that goes around it


class Outcome(Enum):
    """What became of a message."""

    TAKEN = "taken"
    GONE = "gone"  # nobody will ever take one there again
    LATER = "later"


def push(browser: Browser, content: dict[str, Any], *, is_urgent: bool, instant: int) -> Outcome:
    """Send one push message; `instant` in seconds since 1970. Raises OSError when the service cannot be reached."""
    if not is_push_endpoint(browser.endpoint, settings.PUSH_ENDPOINTS_ALSO):
        return Outcome.GONE  # what was a known service once
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(TTL_SECONDS),
        "Urgency": "high" if is_urgent else "normal",
        **push_key.signed_for(browser.endpoint, expires=instant + 12 * 3600),
    }
    status, _answer = _post(browser.endpoint, _encrypted(browser, content), headers)
    if status in {404, 410}:
        return Outcome.GONE
    return Outcome.TAKEN if status in {200, 201, 202} else Outcome.LATER


def tell(chat: GroupChat, title: str, text: str, link: str, *, instant_ms: int) -> Outcome:
    """Let a robot say something; `instant_ms` in milliseconds since 1970. Raises OSError."""
    if not is_robot_endpoint(chat.kind, chat.url, settings.PUSH_ENDPOINTS_ALSO):
        return Outcome.GONE
    said = message(chat.kind, chat.url, chat.secret, title, text, link, at_ms=instant_ms)
    status, answer = _post(said.url, said.body, {"Content-Type": "application/json; charset=utf-8"})
    return Outcome.TAKEN if status == http.client.OK and is_taken(answer) else Outcome.LATER


def _encrypted(browser: Browser, content: dict[str, Any]) -> bytes:
    """The content as only that browser can read it (RFC 8291)."""
    plain = json.dumps(content, ensure_ascii=False).encode()
    while len(plain) > MOST_BYTES and content["body"]:
        content = {**content, "body": content["body"][: len(content["body"]) // 2]}
        plain = json.dumps(content, ensure_ascii=False).encode()
    sealed: bytes = http_ece.encrypt(
        plain,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=decoded(browser.p256dh),
        auth_secret=decoded(browser.auth),
        version="aes128gcm",
    )
    return sealed


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Status and the beginning of the answer. A redirect is an answer like any other: nobody follows it."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    line = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        line.request("POST", f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers)
        answer = line.getresponse()
        return answer.status, answer.read(4096)
    except http.client.HTTPException as broken:
        raise OSError(f"no answer that can be understood: {broken!r}") from broken
    finally:
        line.close()
