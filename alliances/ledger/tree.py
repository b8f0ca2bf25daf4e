"""The log's Merkle tree, as in RFC 6962, section 2.1 (and RFC 9162, section 2.1). Pure.

Leaves and inner nodes are hashed in domains of their own, so that neither can be taken for the other. Beside
its leaf, each entry keeps the hashes of all complete subtrees that end with it; so growing the tree, its root
and the path to any leaf take a number of look-ups in the order of the logarithm of its size.
"""

import hashlib
from collections.abc import Mapping, Sequence

Place = tuple[int, int]  # the complete subtree of 2**level leaves that ends at a position: (position, level)
EMPTY = hashlib.sha256(b"").digest()  # root of a tree without leaves


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def peaks(start: int, end: int) -> list[Place]:
    """The complete subtrees that the leaves from `start` up to `end` consist of, largest first.

    `start` is a multiple of the largest power of two that fits: 0, or where a tree of RFC 6962 is cut.
    """
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        start += 1 << level
        places.append((start - 1, level))
    return places


def fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size."""
    if not hashes:
        return EMPTY
    *rest, root = hashes
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


def needed(position: int) -> list[Place]:
    """The subtrees to the left with which the one that ends at `position` grows, lowest first."""
    places = []
    for level in range((position + 1 & -(position + 1)).bit_length() - 1):
        places.append((position - (1 << level), level))
    return places


def grown(position: int, leaf: bytes, known: Mapping[Place, bytes]) -> list[bytes]:
    """What the entry at `position` keeps: its leaf, then each complete subtree that ends with it."""
    hashes = [leaf]
    for place in needed(position):
        hashes.append(node_hash(known[place], hashes[-1]))
    return hashes


def path_places(position: int, size: int) -> list[list[Place]]:
    """The inclusion path of a leaf (RFC 6962, 2.1.1), from the leaf up: what each of its hashes folds."""
    start, end, path = 0, size, []
    while end - start > 1:
        cut = start + (1 << (end - start - 1).bit_length() - 1)
        if position < cut:
            path.append(peaks(cut, end))
            end = cut
        else:
            path.append(peaks(start, cut))
            start = cut
    return path[::-1]


def root_by_path(position: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes | None:  # house: RFC
    """The root that an inclusion path leads to (RFC 9162, 2.1.3.2); None when it does not fit the size."""
    if not 0 <= position < size:
        return None
    at, last, root = position, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            root = node_hash(step, root)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            root = node_hash(root, step)
        at, last = at >> 1, last >> 1
    return root if last == 0 else None
