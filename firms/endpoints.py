"""Where the platform may send what people asked for: an address that a person gives must not open other doors.

A browser says where its push messages go (RFC 8030), a firm where its robot listens; our server then speaks to that
address. So only the known services are spoken to, by HTTPS on its own port, and redirects are not followed.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

MOST_CHARACTERS = 1000
# of Chrome and Edge on Android, Firefox, Safari, Edge on Windows; a dot in front stands for every name below it
PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)
ROBOT_HOSTS = {"wecom": "qyapi.weixin.qq.com", "dingtalk": "oapi.dingtalk.com"}
ROBOT_PATHS = {"wecom": "/cgi-bin/webhook/send", "dingtalk": "/robot/send"}


def is_push_endpoint(url: str, also: Collection[str] = ()) -> bool:
    """Whether push messages may go there. `also` holds origins such as `http://127.0.0.1:9000`, for tests."""
    found = _parts(url)
    if found is None:
        return False
    origin, scheme, host, port, _path = found
    if origin in also:
        return True
    return scheme == "https" and port in {None, 443} and any(_is_of(host, known) for known in PUSH_HOSTS)


def is_robot_endpoint(kind: str, url: str, also: Collection[str] = ()) -> bool:
    """Whether a robot of this kind listens there."""
    found = _parts(url)
    if found is None or kind not in ROBOT_HOSTS:
        return False
    origin, scheme, host, port, path = found
    if path != ROBOT_PATHS[kind]:
        return False
    return origin in also or (scheme == "https" and port in {None, 443} and host == ROBOT_HOSTS[kind])


def _is_of(host: str, known: str) -> bool:
    return host.endswith(known) if known.startswith(".") else host == known


def _parts(url: str) -> tuple[str, str, str, int | None, str] | None:
    """Origin, scheme, host, port and path; None for what is not plainly an address, or hides a second one."""
    if not _is_plain(url):
        return None
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or ""), parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or not host:
        return None
    return f"{parts.scheme}://{parts.netloc}", parts.scheme, host, port, parts.path


def _is_plain(url: str) -> bool:
    is_text = url.isascii() and url.isprintable() and len(url) <= MOST_CHARACTERS
    return is_text and not any(character in url for character in ' \\"<>')
