"""Training and certification of community health workers, promotores and representatives."""

from __future__ import annotations

import gc

#: How many new things make Python look for garbage among the youngest, and how many such looks for one at older ones.
#: Most of what is made here stays: modules, tables, content. The usual 700 costs an eighth of the time to start.
gc.set_threshold(50_000, 20, 100)
