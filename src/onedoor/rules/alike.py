"""Which of many texts are near enough the same, in nearly linear time."""

from collections import defaultdict
from collections.abc import Sequence
from zlib import crc32

from onedoor.rules.same_matter import pairs

ALIKE = 0.8  # Jaccard: for copied answers and split matters


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    together = len(one | other)
    return len(one & other) / together if together else 0.0


_BANDS, _ROWS = 12, 2
_BINS = _BANDS * _ROWS


def _bands(found: frozenset[str]) -> list[tuple[int, ...]]:
    """Signatures, some of which two texts with a likeness of ALIKE share as good as certainly (1 - (1 - 0.8²)¹²): the
    lowest digest in each of 24 bins, an empty one borrowing from the next."""
    lowest: list[int | None] = [None] * _BINS
    for pair in found:
        digest = crc32(pair.encode())
        place = digest % _BINS
        held = lowest[place]
        if held is None or digest < held:
            lowest[place] = digest
    filled: list[int] = []
    borrowed = next(one for one in lowest if one is not None)
    for one in reversed(lowest):
        borrowed = borrowed if one is None else one
        filled.append(borrowed)
    return [(band, *filled[band * _ROWS : (band + 1) * _ROWS]) for band in range(_BANDS)]


def alike_groups(texts: Sequence[str]) -> list[list[int]]:
    """Places of texts that are near enough the same as another of their group; groups of two or more. Nearly linear:
    only texts that share a signature are compared."""
    sets = [pairs(text) for text in texts]
    parent = list(range(len(texts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    buckets: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, found in enumerate(sets):
        if not found:
            continue
        for band in _bands(found):
            bucket = buckets[band]
            for other in bucket[:5]:  # those of a bucket are mostly alike: a few stand for all
                if root(other) != root(place) and jaccard(found, sets[other]) >= ALIKE:
                    parent[root(place)] = root(other)
            bucket.append(place)
    groups: dict[int, list[int]] = defaultdict(list)
    for place in range(len(texts)):
        groups[root(place)].append(place)
    return [group for group in groups.values() if len(group) > 1]
