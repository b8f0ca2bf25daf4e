"""`up --lan`: a certificate that phones can trust, made once; what is asked for by HTTPS is served, sockets too."""

import ssl
import subprocess
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509

from config.embedded.certificates import certificates_for
from config.embedded.network import addresses, names
from tests.databases import Clone
from tests.platforms import Platform

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_a_certificate_serves_its_names_and_is_kept(tmp_path: Path) -> None:
    made = certificates_for(["192.168.1.5", "mill.local"], tmp_path / "lan", NOW)
    first = made.certificate.read_bytes()
    assert certificates_for(["mill.local"], tmp_path / "lan", NOW).certificate.read_bytes() == first
    context = ssl.create_default_context(cafile=made.authority)
    assert context.cert_store_stats()["x509_ca"] == 1
    checked = ["openssl", "verify", "-CAfile", str(made.authority), "-no_check_time", str(made.certificate)]
    assert subprocess.run(checked, check=True, capture_output=True, text=True).stdout.endswith("OK\n")
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
