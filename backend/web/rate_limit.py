"""Rate limits: one instance a purpose, so that no flood on one address shuts another."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

# Past so many clients remembered, the oldest are forgotten: memory stays bounded under any flood.
MOST_CLIENTS = 50_000


@dataclass
class RateLimit:
    """A token bucket for each client: `burst` at once, then `per_minute`. Shared by threads, not by processes."""

    per_minute: float
    burst: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def allow(self, client: str, moment: float) -> bool:
        """Take one; `moment` is in seconds on any clock that never goes back (`time.monotonic`)."""
        with self._turn:  # between taking a bucket and putting it back, another thread would find a full one
            tokens, since = self._left.pop(client, (float(self.burst), moment))
            tokens = min(self.burst, tokens + (moment - since) * self.per_minute / 60)
            allowed = tokens >= 1
            self._left[client] = (tokens - 1 if allowed else tokens, moment)
            if len(self._left) > MOST_CLIENTS:
                del self._left[next(iter(self._left))]
            return allowed

    def wait_seconds(self, client: str, moment: float) -> int:
        """How long until the next is allowed, for Retry-After."""
        tokens, since = self._left.get(client, (float(self.burst), moment))
        missing = 1 - min(self.burst, tokens + (moment - since) * self.per_minute / 60)
        return max(0, int(-(-missing * 60 // self.per_minute)))
