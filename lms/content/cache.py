"""A small memory of the process for things that never change: bounded, the least used leave first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """At most `size` values by address. Two threads may build the same value at once; the last one stays."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, V] = OrderedDict()

    def find(self, address: Hashable) -> V | None:
        """Return the value, or None when it is not kept."""
        with self._lock:
            if address not in self._values:
                return None
            self._values.move_to_end(address)
            return self._values[address]

    def put(self, address: Hashable, value: V) -> None:
        """Keep `value`, and let the least used one go when there are too many."""
        with self._lock:
            self._values[address] = value
            self._values.move_to_end(address)
            if len(self._values) > self.size:
                self._values.popitem(last=False)

    def get(self, address: Hashable, build: Callable[[], V]) -> V:
        """Return the value, built now when it is not kept."""
        found = self.find(address)
        if found is None:
            found = build()
            self.put(address, found)
        return found

    def clear(self) -> None:
        """Let everything go."""
        with self._lock:
            self._values.clear()
