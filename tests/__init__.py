"""All tests. Where coverage is measured, says first how long its probes stay, as the program is not imported yet."""

from __future__ import annotations

import sys

#: How often a probe is met before all that were reached are taken away. To be met costs 10 ns, to take probes away
#: 0.1 s, as every function of the program is looked at. slipcover's own 50 made that a good part of a file's time.
OFTEN = 100_000

# Taken from what pytest has loaded: to import it would have the processes that a drill starts measure themselves.
if measuring := getattr(sys.modules.get("slipcover.pytest_plugin"), "_slipcover_instance", None):
    measuring.d_miss_threshold = OFTEN
