"""When what failed is tried again: within a minute, then each time later, never all at the same instant."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from backend.notices.outcomes import LONGEST_WAIT_SECONDS, next_try

TRIES = 14


def test_each_wait_is_longer_than_the_one_before_until_the_longest() -> None:
    for seed in range(200):
        dice = Random(seed)
        waits = [next_try(attempts, 0, dice) for attempts in range(1, TRIES)]
        assert 20 <= waits[0] <= 50
        growing = waits[:8]
        assert all(before < after for before, after in pairwise(growing)), waits
        assert all(max(waits[:7]) < wait <= LONGEST_WAIT_SECONDS for wait in waits[7:]), waits


@pytest.mark.parametrize("attempts", [1, 2, 7, 8, 40])
def test_those_who_failed_together_do_not_come_back_together(attempts: int) -> None:
    dice = Random(1)
    due = [next_try(attempts, 0, dice) for _ in range(500)]
    assert max(due) > 1.3 * min(due)
    assert len(set(due)) > 10
