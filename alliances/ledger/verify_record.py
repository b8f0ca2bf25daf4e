"""Check a downloaded record offline: python3 verify_record.py record.json [PUBLIC_KEY] (see docs/record.md)."""

import base64
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def canonical(data: Any) -> bytes:
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def check(raw: bytes, key: str = "") -> Iterator[str]:
    """What is wrong with a record, and where; nothing when it holds."""
    try:
        record = json.loads(raw)
        text, signature = record["checkpoint"].split("\n\n")
        size, root = int(text.split("\n")[1]), base64.b64decode(text.split("\n")[2])
        for stream in record["streams"]:
            yield from in_stream(stream, size, root)
        yield from in_settlement(record)
        if canonical(record) != raw:
            yield "file: it is not in canonical form"
        public = base64.b64decode((key or record["key"]).split("+", 2)[2])[1:]
        platform, seal = Ed25519PublicKey.from_public_bytes(public), record.pop("seal")
        platform.verify(bytes.fromhex(seal) if seal == seal.lower() else b"", canonical(record))
        platform.verify(base64.b64decode(signature.split(" ")[2])[4:], f"{text}\n".encode())
    except Exception as wrong:  # whatever a changed file may be, it is told, not raised
        yield f"file: the platform did not write, seal or sign this ({type(wrong).__name__} {wrong})"


def in_stream(stream: dict[str, Any], size: int, root: bytes) -> Iterator[str]:  # house: one page to read
    """Versions without a gap, each chained to the one before it, and all in the log under the checkpoint."""
    before, last = b"", -1
    for number, event in enumerate(stream["events"], 1):
        where, head, body = f"stream {stream['id']}, version {number}", event["header"], event["body"]
        is_next = (json.loads(head)["stream"], json.loads(head)["version"]) == (stream["id"], number)
        if not is_next or event["digest"] != sha(before, head.encode(), body.encode()).hex():
            yield f"{where}: this is not what was recorded after version {number - 1}"
        before, position = event["digest"].encode(), event["position"]
        if position is None or position >= size:  # since the checkpoint; a closed stream has no such events
            position = size if not stream["closed_at"] else -1
        elif root_over(sha(b"\0", before), position, size, event["path"]) != root:
            yield f"{where}: this is not in the log of the checkpoint"
        if position < last or position == last < size:
            yield f"{where}: the checkpoint does not cover it in this order"
        last, note, kept = position, event["note"], json.loads(body)["note_hash"]
        was_written = note and (not note["salt"] or sha((note["salt"] + note["text"]).encode()).hex() == kept)
        if not was_written if kept else note:  # an erased note has lost its salt and its text
            yield f"{where}: the note is not the one that was written"
    if len(stream["events"]) != stream["version"]:
        yield f"stream {stream['id']}: {len(stream['events'])} of its {stream['version']} versions are here"


def root_over(leaf: bytes, position: int, size: int, path: list[str]) -> bytes:
    """Where an inclusion path leads (RFC 6962, 2.1.1)."""
    if size <= 1 or not path:
        return leaf if size == 1 and not path else b""
    cut, top = 1 << (size - 1).bit_length() - 1, bytes.fromhex(path[-1])
    if position < cut:
        return sha(b"\1", root_over(leaf, position, cut, path[:-1]), top)
    return sha(b"\1", top, root_over(leaf, position - cut, size - cut, path[:-1]))


def in_settlement(record: dict[str, Any]) -> Iterator[str]:  # house: one page to read
    """The last settlement that was recorded: its inputs, and that each amount has its mirror."""
    bodies = [json.loads(event["body"])["changes"] for row in record["streams"] for event in row["events"]]
    told = [body["settlement"] for body in bodies if body.get("settlement")][-1:]
    if [sha(canonical(record["settlement"])).hex()] * len(told) != [one["inputs_hash"] for one in told]:
        yield "settlement: these are not the inputs that were recorded"
    sums = Counter[object]()
    for share in [share for one in told for share in one["shares"]]:
        lines = [line for line in share["reasons"] if line["partner"]]
        sums[share["currency"]] += share["amount_minor"]
        if share["amount_minor"] != sum(line["amount_minor"] for line in lines):
            yield f"settlement: the share of {share['firm_name']} is not the sum of its lines"
        for line in lines:
            pair = frozenset([line["firm"], line["partner"]])
            sums[pair, line["currency"], line["kind"], line["seat"]] += line["amount_minor"]
    if any(sums.values()):
        yield "settlement: the shares do not sum to zero, or a line has no mirror"


if __name__ == "__main__":
    problems = list(check(Path(sys.argv[1]).read_bytes(), *sys.argv[2:]))
    print(*problems or ["the record holds up to its checkpoint"], sep="\n")
    if len(sys.argv) < 3:
        print("warning: checked with the key in the file; name the published one to know who signed")
    sys.exit(bool(problems))
