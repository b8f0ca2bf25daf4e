"""TLS for the local network: a small authority of one's own, kept in the data folder, and a certificate signed by it.

Phones trust the authority once; the certificate is made anew when the machine has other addresses, or in time. The
authority may vouch for names of local networks only (name constraints, RFC 5280, 4.2.1.10): whoever steals its key can
pose as no other site.
"""

import ipaddress
import os
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 397  # phones refuse those that live longer
RENEW_DAYS = 30
LOCAL = ("local", "localhost")
PRIVATE = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"),
    *("fc00::/7", "fe80::/10", "::1/128"),
)


@dataclass(frozen=True)
class Certificates:
    """Where the files are that a server needs, and the authority's certificate, which phones are given."""

    certificate: Path
    key: Path
    authority: Path

    def fingerprint(self) -> str:
        """SHA-256 of the authority's certificate, in pairs, for people to compare."""
        digest = x509.load_pem_x509_certificate(self.authority.read_bytes()).fingerprint(hashes.SHA256())
        return digest.hex(":").upper()


def certificates_for(names: Collection[str], folder: Path, now: datetime | None = None) -> Certificates:
    """Find or make what serves these names and addresses."""
    at = now or datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    kept = Certificates(folder / "server.crt", folder / "server.key", folder / "authority.crt")
    authority, key = _authority(folder, names, at)
    if not _serves(kept, authority, names, at):
        _issue(kept, authority, key, names, at)
    return kept


def _authority(
    folder: Path, names: Collection[str], at: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    certificate_path, key_path = folder / "authority.crt", folder / "authority.key"
    if certificate_path.exists() and key_path.exists():
        kept = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        if _may_serve(kept, names):
            key = load_pem_private_key(key_path.read_bytes(), None)
            assert isinstance(key, ec.EllipticCurvePrivateKey)  # noqa: S101 - narrows the type
            return kept, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Murmuration on this network")])
    use = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    made = _builder(name, name, key, at, AUTHORITY_DAYS)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    made = made.add_extension(x509.NameConstraints(_served_by(names), None), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    certificate = made.add_extension(use, critical=True).sign(key, hashes.SHA256())
    _write(key_path, _pem(key))
    _write(certificate_path, certificate.public_bytes(Encoding.PEM))
    return certificate, key


def _served_by(names: Collection[str]) -> list[x509.GeneralName]:
    """Local networks, and what this machine is called if it stands in none of them."""
    local = [*map(_name, LOCAL), *(x509.IPAddress(ipaddress.ip_network(one)) for one in PRIVATE)]
    return local + [_subtree(one) for one in map(_name, names) if not _lies_in(one, local)]


def _subtree(name: x509.GeneralName) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_network(str(name.value))) if isinstance(name, x509.IPAddress) else name


def _may_serve(authority: x509.Certificate, names: Collection[str]) -> bool:
    """Whether an authority is one that is limited, and not too much for these names."""
    try:
        limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return False
    return all(_lies_in(_name(one), limits.permitted_subtrees or []) for one in names)


def _lies_in(name: x509.GeneralName, trees: Collection[x509.GeneralName]) -> bool:
    if isinstance(name, x509.IPAddress):
        address = ipaddress.ip_address(str(name.value))
        networks = [str(tree.value) for tree in trees if isinstance(tree, x509.IPAddress)]
        return any(address in ipaddress.ip_network(network) for network in networks)
    domains = [tree.value for tree in trees if isinstance(tree, x509.DNSName)]
    return any(f".{name.value}".endswith(f".{domain}") for domain in domains)


def _serves(kept: Certificates, authority: x509.Certificate, names: Collection[str], at: datetime) -> bool:
    """Whether the certificate that is there is of this authority, for all these names, and lives long enough."""
    if not (kept.certificate.exists() and kept.key.exists()):
        return False
    found = x509.load_pem_x509_certificate(kept.certificate.read_bytes())
    known = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    has = {str(one.value) for one in known}
    lives = found.not_valid_after_utc - at > timedelta(days=RENEW_DAYS)
    return lives and set(names) <= has and _is_of(authority, found)


def _is_of(authority: x509.Certificate, found: x509.Certificate) -> bool:
    try:
        found.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _issue(
    kept: Certificates,
    authority: x509.Certificate,
    signer: ec.EllipticCurvePrivateKey,
    names: Collection[str],
    at: datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Murmuration")])
    made = _builder(subject, authority.subject, key, at, CERTIFICATE_DAYS)
    made = made.add_extension(x509.SubjectAlternativeName([_name(one) for one in names]), critical=False)
    of = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    made = made.add_extension(of, critical=False)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    certificate = made.sign(signer, hashes.SHA256())
    _write(kept.key, _pem(key))
    _write(kept.certificate, certificate.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    # a phone's clock may be behind
    return made.not_valid_before(at - timedelta(days=1)).not_valid_after(at + timedelta(days=days))


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes) -> None:
    """For the owner's eyes only, and whole or not at all."""
    draft = path.with_suffix(f"{path.suffix}.new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)
