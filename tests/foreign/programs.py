"""The programs that others wrote: where they are, what is skipped or fails without them, and how each is asked."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules"
BYTE_RANGE = re.compile(rb"/ByteRange ?\[ ?0 (\d+) (\d+) (\d+)")


def _node() -> str | None:
    """Return the Node beside which this very lock file was installed."""
    lock, kept, named = HERE / "package-lock.json", INSTALLED / ".installed-from", INSTALLED / ".node"
    if not named.is_file() or lock.read_bytes() != kept.read_bytes():
        return None
    return shutil.which(named.read_text(encoding="utf-8"))


NODE, PDFSIG, PDFDETACH, OPENSSL = _node(), *map(shutil.which, ("pdfsig", "pdfdetach", "openssl"))
_MISSING = {"node, or its packages (sh tests/foreign/setup.sh)": NODE, "pdfsig": PDFSIG, "openssl": OPENSSL}
if os.environ.get("CI") == "true" and None in _MISSING.values():
    pytest.fail(f"These are missing: {[name for name, found in _MISSING.items() if found is None]}", pytrace=False)
needs_node = pytest.mark.skipif(
    NODE is None, reason="NO OTHER PROGRAM CHECKS CREDENTIALS: sh tests/foreign/setup.sh was not run"
)
needs_poppler = pytest.mark.skipif(
    PDFSIG is None or OPENSSL is None, reason="NO OTHER PROGRAM CHECKS PAGES: there is no pdfsig, or no openssl, here"
)


def ask_node(pages: Mapping[str, str], cases: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what `verify.mjs` answers about all cases, in one process; `pages` is all the network there is."""
    assert NODE is not None
    order = json.dumps({"pages": pages, "cases": cases})
    done = subprocess.run(
        [NODE, str(HERE / "verify.mjs")], input=order, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert len(found["verdicts"]) == len(cases), "two cases of one name"
    return found


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder and return what it said."""
    environ = {**os.environ, "LC_ALL": "C", "TZ": "UTC"}
    return subprocess.run(
        words, cwd=folder, capture_output=True, text=True, errors="replace", check=False, env=environ, timeout=60
    )


def ask_pdfsig(folder: Path, name: str) -> dict[str, str]:
    """Return what pdfsig says of the one signature of a file, by heading; "whole" when it covers the whole file."""
    said = run(folder, "pdfsig", "-nocert", name)
    found = dict(re.findall(r"^ *- ([\w ]+): (.*)$", said.stdout, re.MULTILINE))
    assert said.stdout.count("Signature #") <= 1
    return {**found, "whole": str("- Total document signed" in said.stdout)}


def ask_openssl(folder: Path, name: str, roots: str) -> str:
    """Return what OpenSSL says of the signature that pdfsig takes out of a file, and of its chain up to `roots`."""
    run(folder, "pdfsig", "-dump", name)
    content = (folder / name).read_bytes()
    found = BYTE_RANGE.search(content)
    assert found is not None
    begin, end, rest = map(int, found.groups())
    (folder / "signed.bin").write_bytes(content[:begin] + content[end : end + rest])
    words = "cms -verify -inform DER -binary -purpose any -content signed.bin -out /dev/null -in".split()
    said = run(folder, "openssl", *words, f"{name}.sig0", "-CAfile", roots)
    return "good" if said.returncode == 0 and "Verification successful" in said.stderr else said.stderr
