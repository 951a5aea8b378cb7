"""Sealed certificates as people get them, in each language: good to our check and to other programs, and tagged."""

from __future__ import annotations

import json
import shutil
import subprocess
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from lms.certificates.jobs import samples
from lms.certificates.jobs.checking.page import check_page
from lms.db import reading
from tests.certificates.story import config_of

AT = datetime(2026, 11, 29, 6, 10, tzinfo=UTC)


@pytest.fixture
def engine_name() -> str:
    """Sealing needs no second engine."""
    return "sqlite"


@pytest.fixture
def pages(content_app: Flask, tmp_path: Path) -> list[Path]:
    """One sealed page for each language."""
    paths = samples.write_samples(reading(), config_of(content_app), tmp_path, count=4, at=AT)
    return [path for path in paths if path.suffix == ".pdf"]


def run(*command: object) -> str:
    return subprocess.run([str(each) for each in command], capture_output=True, text=True, check=True).stdout


def test_each_page_is_good_and_holds_its_credential(pages: list[Path]) -> None:
    keys = json.loads((pages[0].parent / "trust.json").read_bytes())["keys"]
    roots = [b64decode(key["certificate"]) for key in keys if key["purpose"] == "root"]
    found = [check_page(path.read_bytes(), roots=roots, at=AT) for path in pages]
    assert [facts.language for facts in found] == ["en", "es", "to", "sm"]
    for path, facts in zip(pages, found, strict=True):
        assert facts.attachment == path.with_suffix(".json").read_bytes()
        assert facts.attachment_name.endswith(".json")
        assert facts.key_id == next(key["id"] for key in keys if key["purpose"] == "page")
        assert facts.signed_at == AT
        assert facts.is_tagged
        assert facts.pages == 1
        assert path.stem in facts.text


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_other_programs_find_each_page_sound(pages: list[Path]) -> None:
    for path in pages:
        signature = run("pdfsig", "-nocert", path)
        assert "Signature is Valid" in signature
        assert "Total document signed" in signature
        about = [line.split() for line in run("pdfinfo", path).splitlines()]
        assert ["Tagged:", "yes"] in about
        assert "Form" in run("pdfinfo", "-struct", path).splitlines()[-2]
        run("pdfdetach", "-save", "1", "-o", path.with_suffix(".inside"), path)
        assert path.with_suffix(".inside").read_bytes() == path.with_suffix(".json").read_bytes()
