"""Keys that firms bring, and signatures made with them."""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from firms import actions
from firms.actions.keys import statement
from firms.models import Key
from tests.builders.firms import NOW, FirmOf


def public_of(private: Ed25519PrivateKey) -> str:
    return base64.b64encode(private.public_key().public_bytes_raw()).decode()


def signature_of(private: Ed25519PrivateKey, text: bytes) -> str:
    return base64.b64encode(private.sign(text)).decode()


def bring_key(firm: FirmOf, now: datetime = NOW) -> Ed25519PrivateKey:
    """A key of the firm's own, proven; returns its private part."""
    private = Ed25519PrivateKey.generate()
    offered = actions.offer_key(firm.owner.actor, firm.key, public_key=public_of(private), now=now)
    shown = statement(Key.objects.get(pk=offered["key"]))
    proof = signature_of(private, shown)
    actions.prove_key(firm.owner.actor, firm.key, offered["key"], signature=proof, now=now)
    return private
