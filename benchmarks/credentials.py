"""`make bench`, the certificates: CPU milliseconds of making and checking one, and the time of a cohort, on one core.

The floor of a credential is twenty Ed25519 signatures: writing, canonicalising, signing and serialising may take as
long. The cohort is certified and finished by one process on SQLite: `python -m benchmarks.credentials [PEOPLE]`.
Memory is what the process holds, read while it makes ten times as many credentials (`BENCH_MEMORY` says how many), and
while it makes pages (`BENCH_PAGES`), a twentieth of that unless told otherwise.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from lms.app import create_app
from lms.certificates import queries, service
from lms.certificates.jobs import checking, finish_issues
from lms.certificates.jobs.checking.page import check_page
from lms.certificates.jobs.making import Workshop, credential_of, make, write_credential
from lms.certificates.jobs.workshops import open_workshop
from lms.certificates.rules.kinds import CREDENTIAL
from lms.certificates.service import Lease
from lms.db import reading, write
from lms.web.fonts import load_fonts
from tests.certificates.story import actor_of, application_of, complete
from tests.conftest import AT
from tests.databases import build, make_config
from tests.factories import Make
from tests.keys import ensure_keys

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
REPEATS = int(os.environ.get("BENCH_REQUESTS", "40"))
MEMORY = int(os.environ.get("BENCH_MEMORY", "10000"))
PAGES = int(os.environ.get("BENCH_PAGES", str(MEMORY // 20)))
FLOOR_SIGNATURES = 20


def prepared(folder: Path, people: int) -> Flask:
    """Return an application whose people wait to be certified, and certify them."""
    config = make_config(folder, f"sqlite:///{folder}/bench.sqlite3")
    build(config, content=True)
    app = create_app(config)
    with app.app_context():
        ensure_keys(config, at=AT - timedelta(days=1))
        builders = Make(write)
        certifier = actor_of(builders.person("Certifier", roles=("certifier",)))
        workers = [builders.person(f"Sēla Vāʻinga {number}", language="to") for number in range(people)]
        for start in range(0, people, 200):
            complete(*workers[start : start + 200], language="to")
        ids = [application_of(each) for each in workers]
        for start in range(0, people, 50):
            certify = partial(service.certify_many, client_id=f"{start:032x}", at=AT)
            write(lambda s, certify=certify, some=ids[start : start + 50]: certify(s, certifier, some))  # type: ignore[misc]
        load_fonts()
    return app


def spent(work: Callable[[], object]) -> float:
    """Return mean CPU milliseconds of one round."""
    before = time.process_time()
    for _ in range(REPEATS):
        work()
    return (time.process_time() - before) * 1000 / REPEATS


def leases(edition_ids: list[int], stage: str) -> list[Lease]:
    """Return what editions are made from, without holding them."""
    found = service.leases_of(reading(), [(each, stage) for each in edition_ids])
    reading().rollback()
    return found


def row(name: str, work: Callable[[], object], floor: Callable[[], object] | None = None) -> None:
    """Measure in turns and print a line."""
    work()
    figures = [(spent(work), spent(floor) if floor else 0.0) for _ in range(ROUNDS)]
    mine, bare = (statistics.median(column) for column in zip(*figures, strict=True))
    beside = f"{bare:>10.2f}{mine / bare:>8.2f}" if floor else ""
    print(f"{name:<30}{mine:>10.2f}{beside}", flush=True)


def rows(workshop: Workshop) -> None:
    """Print what one certificate takes."""
    edition = queries.list_released(reading())[0].edition_id
    lease = leases([edition], CREDENTIAL)[0]
    payload, key = json.loads(lease.payload), Ed25519PrivateKey.generate()
    message = credential_of(payload, workshop.sign_with(lease.keys["badge"]))
    files = {kind: workshop.get(sha256) for kind, sha256 in queries.files_of(reading(), edition)}
    trust = workshop.trust
    print(f"{'one certificate':<30}{'CPU ms':>10}{'floor ms':>10}{'ratio':>8}   {ROUNDS} rounds of {REPEATS}")
    row(
        "write and sign a credential",
        lambda: credential_of(payload, workshop.sign_with(lease.keys["badge"])),
        lambda: [key.sign(message) for _ in range(FLOOR_SIGNATURES)],
    )
    row("and its token and code", lambda: write_credential(workshop, lease))
    row("verify the credential", lambda: checking.check_badge(files["vc"], trust))
    row("verify the token", lambda: checking.check_jwt(files["jwt"].decode(), trust))
    row("verify the code", lambda: checking.check_code(files["code"].decode(), trust))
    row("verify the page", lambda: check_page(files["pdf"], roots=trust.roots))


def resident() -> float:
    """Return the megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def memory(workshop: Workshop, stage: str, number: int) -> None:
    """Make `number` files of a stage, check them, and print how much more the process holds than after a tenth."""
    todo = leases([each.edition_id for each in queries.list_released(reading())], stage)
    held = []
    for at in range(number):
        make(reading(), workshop, todo[at % len(todo)], at=AT)
        if (at + 1) % max(1, number // 10) == 0:
            held.append(resident())
    reading().rollback()
    print(f"memory over {number} of {stage}: {held[0]:.1f} MB after a tenth, {held[-1]:.1f} MB at the end")


def main(people: int = 1000) -> None:
    """Certify a cohort, print its times, then what one certificate takes, and the memory."""
    with tempfile.TemporaryDirectory(prefix="lms-bench-") as folder:
        app = prepared(Path(folder), people)
        for name, pages in (("all credentials", False), ("all pages", True)):
            began = time.perf_counter(), time.process_time()
            finish_issues(app, at=AT + timedelta(minutes=10 * pages), limit=people, pages=pages)
            wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
            print(f"a cohort of {people}: {name} after {wall:.1f} s ({cpu:.1f} s of CPU)", flush=True)
        with app.app_context():
            workshop = open_workshop(app.config["LMS"])
            rows(workshop)
            memory(workshop, CREDENTIAL, MEMORY)
            memory(workshop, "pdf", PAGES)


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
