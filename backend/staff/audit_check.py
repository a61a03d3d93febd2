"""Whether the journal is whole: nothing changed, taken out, put in, or cut off its end. Pure.

The chain alone cannot see the loss of its own tail: the head that each signed edition carries does, and after the last
edition the seal (`storage/audit_end.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict

from backend.staff.audit import FIRST, FOUND_CUT, Entry, entry_hash


def chain_faults(found: Iterable[Entry], anchors: Mapping[int, str]) -> Iterator[str]:
    """`found` oldest first; `anchors`: edition number → the head it was signed with. One line a fault, in English."""
    places = {FIRST: 0}
    number, previous = 0, FIRST
    for entry in found:
        number += 1
        if entry.number != number:
            yield f"the journal goes from entry {number - 1} to entry {entry.number}"
            number = entry.number
        if entry.previous != previous:
            yield f"entry {entry.number} of the journal does not follow the one before it"
        if entry_hash(asdict(entry)) != entry.hash:
            yield f"entry {entry.number} of the journal was changed"
        if entry.action == FOUND_CUT:
            yield f"entry {entry.number} of the journal tells that its end had been cut or changed before it"
        places[entry.hash] = entry.number
        previous = entry.hash
    reached = 0
    for edition, head in sorted(anchors.items()):
        if head not in places:
            yield f"edition {edition} was signed with a journal that is not, or no longer, here"
        elif places[head] < reached:
            yield f"edition {edition} was signed with a shorter journal than the edition before it"
        else:
            reached = places[head]
