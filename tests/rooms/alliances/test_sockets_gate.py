"""What is refused at the handshake, before anything is asked of the database."""

import pytest

from tests.rooms.alliances.sockets import HOST, ORIGIN, socket

BOARD = "/ws/alliances/00000000-0000-4000-8000-000000000000/"


@pytest.mark.parametrize(
    "headers",
    [
        [HOST],
        [HOST, (b"origin", b"https://evil.example")],
        [HOST, (b"origin", b"null")],
        [HOST, (b"origin", b"http://testserver.evil.example")],
        [HOST, (b"origin", b"http://testserver:8443")],
        [(b"host", b"testserver:8443"), ORIGIN],
        [HOST, (b"origin", b"ftp://testserver")],
        [HOST, (b"origin", b"testserver")],
        [HOST, (b"origin", b"http://evil.example@testserver")],
        [HOST, ORIGIN, ORIGIN],
        [(b"host", b"evil.example"), ORIGIN],
        [ORIGIN],
        [HOST, HOST, ORIGIN],
    ],
)
async def test_other_sites_and_other_hosts_are_refused_at_the_handshake(headers):
    async with socket(BOARD, headers=headers) as (_, accepted):
        assert not accepted


@pytest.mark.parametrize(
    "headers",
    [
        [HOST, (b"origin", b"https://testserver")],  # a proxy took the TLS off
        [HOST, (b"origin", b"https://boards.example")],
        [(b"host", b"TestServer:8443"), (b"origin", b"http://testserver:8443")],
    ],
)
async def test_pages_of_our_own_are_let_in(headers, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://boards.example"]
    async with socket(BOARD, headers=headers) as (_, accepted):
        assert accepted


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws/alliances/7/", "/ws/alliances/", "/desk/", "/ws/wakes/x"])
async def test_an_unknown_path_is_refused(path):
    async with socket(path) as (_, accepted):
        assert not accepted
