"""What the stand-in answers: each operation once for each key, or the failure that was ordered for it."""

import inspect
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.outside.answering import Reply
from engine.outside.calls import short_values
from web.standin.accounts import Directory, Monitoring, Refusal

KEYS_KEPT = 10_000
# How a call can fail. silent: it is done, but the answer is lost. twice: the answer is sent two times.
FAILURES = ("refuse", "error", "garbage", "large", "redirect", "slow", "down", "silent", "twice")
BY_DATA = {f"{kind}@example.com": kind for kind in FAILURES}  # a login that orders its own failure


@dataclass
class Order:
    """A failure on demand. times: how many calls it spoils. code: of a refusal."""

    kind: str
    times: int = 1
    code: str = "closed"


@dataclass
class Systems:
    """Both systems with what they remember; safe for threads.

    seen: every question that came, also one that was spoiled: system, operation, key.
    """

    directory: Directory = field(default_factory=Directory)
    monitoring: Monitoring = field(default_factory=Monitoring)
    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    _said: "OrderedDict[str, Reply]" = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def order(self, system: str, operation: str, failure: Order) -> None:
        """Spoil the next calls of an operation, or with `*` of the whole system."""
        with self._lock:
            self.orders[system, operation] = failure

    def take_order(self, system: str, operation: str, values: Mapping[str, Any]) -> Order | None:
        """The failure that this call gets, if any."""
        with self._lock:
            for place in ((system, operation), (system, "*")):
                order = self.orders.get(place)
                if order is not None:
                    order.times -= 1
                    if order.times <= 0:
                        del self.orders[place]
                    return order
        kind = BY_DATA.get(str(values.get("login", "")))
        return Order(kind) if kind else None

    def answer(self, system: str, operation: str, values: Mapping[str, Any], *, key: str) -> Reply:
        """What the operation gives; the same key again gives what it gave before and does nothing."""
        do = self._operation(system, operation)
        with self._lock:
            self.seen.append((system, operation, key))
            if key in self._said:
                return self._said[key]
            try:
                reply = Reply(short_values(do(**values)))
            except Refusal as refusal:
                reply = Reply(refusal=refusal.code)
            self._said[key] = reply
            while len(self._said) > KEYS_KEPT:
                self._said.popitem(last=False)
            return reply

    def _operation(self, system: str, operation: str) -> Callable[..., dict[str, Any]]:
        """Raises LookupError when there is no such operation."""
        side = {"directory": self.directory, "monitoring": self.monitoring}[system]
        do = getattr(type(side), operation, None)
        if operation.startswith("_") or not inspect.isfunction(do) or operation == "check_secret":
            raise LookupError(operation)
        return getattr(side, operation)  # type: ignore[no-any-return]
