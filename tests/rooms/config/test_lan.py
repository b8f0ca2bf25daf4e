"""`up --lan`: a certificate that phones can trust, made once; what is asked for by HTTPS is served, sockets too."""

import ssl
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509

from config.embedded.certificates import Certificates, certificates_for
from config.embedded.network import addresses, names
from tests.databases import Clone
from tests.platforms import Platform

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def vouched(made: Certificates) -> str:
    """What OpenSSL says of a certificate and its authority, whatever the time."""
    checked = ["openssl", "verify", "-CAfile", str(made.authority), "-no_check_time", str(made.certificate)]
    return subprocess.run(checked, check=True, capture_output=True, text=True).stdout


def test_a_certificate_serves_its_names_and_is_kept(tmp_path: Path) -> None:
    made = certificates_for(["192.168.1.5", "mill.local"], tmp_path / "lan", NOW)
    first = made.certificate.read_bytes()
    assert certificates_for(["mill.local"], tmp_path / "lan", NOW).certificate.read_bytes() == first
    context = ssl.create_default_context(cafile=made.authority)
    assert context.cert_store_stats()["x509_ca"] == 1
    assert vouched(made).endswith("OK\n")
    assert (tmp_path / "lan" / "authority.key").stat().st_mode & 0o077 == 0


def test_another_address_or_an_old_one_is_certified_anew_by_the_same_authority(tmp_path: Path) -> None:
    made = certificates_for(["192.168.1.5"], tmp_path, NOW)
    first, trusted = made.certificate.read_bytes(), made.fingerprint()
    moved = certificates_for(["192.168.1.6"], tmp_path, NOW)
    assert moved.certificate.read_bytes() != first
    late = certificates_for(["192.168.1.6"], tmp_path, NOW + timedelta(days=380))
    until = x509.load_pem_x509_certificate(late.certificate.read_bytes()).not_valid_after_utc
    assert until > NOW + timedelta(days=700)
    assert late.fingerprint() == trusted


def test_a_lost_authority_is_made_anew_with_what_it_signs(tmp_path: Path) -> None:
    certificates_for(["192.168.1.5"], tmp_path, NOW).authority.unlink()
    made = certificates_for(["192.168.1.5"], tmp_path, NOW)
    assert vouched(made).endswith("OK\n")


@pytest.mark.parametrize(
    ("names", "is_valid"),
    [
        ("IP:192.168.7.7,DNS:loom.local", True),
        ("DNS:bank.example", False),
        ("DNS:loom.local,DNS:bank.example", False),
        ("IP:8.8.8.8", False),
    ],
)
def test_whoever_steals_the_key_can_pose_as_nobody_outside(
    tmp_path: Path, names: str, is_valid: bool
) -> None:
    made = certificates_for(["192.168.1.5"], tmp_path, datetime.now(UTC))
    forged, key = tmp_path / "forged.crt", tmp_path / "forged.key"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=forged -addext basicConstraints=critical,CA:FALSE"
    files = ["-keyout", str(key), "-CA", str(made.authority), "-CAkey", str(tmp_path / "authority.key")]
    asked = [*words.split(), "-addext", f"subjectAltName={names}", *files, "-out", str(forged)]
    subprocess.run(asked, check=True, capture_output=True)
    checked = ["openssl", "verify", "-CAfile", str(made.authority), str(forged)]
    seen = subprocess.run(checked, check=False, capture_output=True, text=True)
    assert (seen.returncode == 0) is is_valid
    assert is_valid or "permitted subtree violation" in seen.stderr


def test_a_machine_outside_a_local_network_has_an_authority_for_itself(tmp_path: Path) -> None:
    first = certificates_for(["192.168.1.5"], tmp_path, NOW).fingerprint()
    certificates_for(["localhost"], tmp_path, NOW)
    public = certificates_for(["203.0.113.9", "localhost"], tmp_path, NOW)
    assert public.fingerprint() != first
    assert vouched(public).endswith("OK\n")
    assert certificates_for(["203.0.113.9"], tmp_path, NOW).fingerprint() == public.fingerprint()


def test_this_machine_has_a_name(tmp_path: Path) -> None:
    assert "127.0.0.1" not in addresses()
    assert "localhost" in names(addresses())


def test_the_network_is_served_by_https_and_phones_are_shown_the_way(real_database: Clone) -> None:
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(Path(folder), real_database, SECRET_KEY="x" * 50)
        platform.scheme = "https"
        platform.trusted = Path(folder) / "data" / "lan" / "authority.crt"
        platform.start("--no-sample", "--lan")
        try:
            trusting = ssl.create_default_context(cafile=platform.trusted)
            page = httpx.get(f"{platform.url}/install/", verify=trusting)
            assert "Download the certificate" in page.text
            given = httpx.get(f"{platform.url}/install/murmuration.crt", verify=trusting)
            assert given.content == platform.trusted.read_bytes()
            assert "▀" in platform.log or "█" in platform.log
            assert "/install/" in platform.log
            login = httpx.get(f"{platform.url}/accounts/login/", verify=trusting)
            assert "secure" in login.headers["set-cookie"].lower()
        finally:
            platform.stop()
