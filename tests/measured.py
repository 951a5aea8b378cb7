"""Runs pytest with coverage measured in its workers, and leaves the report where `[tool.slipcover]` says.

`python -m tests.measured -n 3 ...`, every argument being pytest's. `python -m slipcover -m pytest` does the same and
also prepares the whole program for measuring in the process that only hands out tests, before any worker starts.
Folders of tests are in memory where there is room, as their databases are: a flush to a disk waits 4 ms.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from slipcover.config import read_config
from slipcover.slipcover import DEFAULT_EXCLUDE

from tests.databases import in_memory


def main(arguments: list[str]) -> int:
    """Return pytest's exit status, or 1 where no worker measured anything."""
    wanted = read_config()
    os.environ.update(
        SLIPCOVER_ENABLED="1",
        SLIPCOVER_BRANCH=str(int(wanted["branch"])),
        SLIPCOVER_SOURCE=",".join(wanted["source"]),
        SLIPCOVER_EXCLUDE_LINES="\n".join([*DEFAULT_EXCLUDE, *wanted["exclude-also"]]),
    )
    with TemporaryDirectory(prefix="lms-run-", dir=in_memory(), ignore_cleanup_errors=True) as place:
        status = int(pytest.main([f"--basetemp={place}/tmp", *arguments]))
    if not (folder := os.environ.get("SLIPCOVER_COVERAGE_DIR")):
        print("nothing was measured: coverage is taken in workers, -n 1 or more", file=sys.stderr)
        return status or 1
    if (report := Path(folder) / "merged.json").exists():
        shutil.copy(report, wanted["out"])
    shutil.rmtree(folder)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
