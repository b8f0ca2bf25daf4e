"""Under which addresses other devices on the local network reach this machine. Standard library only."""

import ipaddress
import socket

ANYWHERE = "192.0.2.1"  # RFC 5737: nobody; nothing is sent, only the way there is looked up


def addresses() -> list[str]:
    """IPv4 addresses of this machine, the one that leads outside first; loopback ones are left out."""
    found = [_outward(), *_named()]
    usable = [one for one in found if one and not ipaddress.ip_address(one).is_loopback]
    return list(dict.fromkeys(usable))


def names(hosts: list[str]) -> list[str]:
    """What a certificate, and the list of allowed hosts, has to hold."""
    return [*hosts, f"{socket.gethostname().split('.')[0]}.local", "localhost", "127.0.0.1"]


def _outward() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ANYWHERE, 9))
        except OSError:  # no network at all
            return ""
        return str(probe.getsockname()[0])


def _named() -> list[str]:
    try:
        found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        return []
    return [str(one[4][0]) for one in found]
