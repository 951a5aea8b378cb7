"""The boxes of a lesson that tell of a situation say so, in each language, before their words."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask_babel import force_locale, gettext

from lms.content.library import current
from lms.courses.specs import ModuleSpec
from lms.db import reading
from lms.i18n import TAGS
from tests.factories import Make, sign_in

LABELS = {"en": "A situation", "es": "Una situación", "to": "Ko ha meʻa ʻoku hoko", "sm": "O se tulaga e tupu"}


def boxes_of(html: str, kind: str) -> list[str]:
    """Return what begins each box of a kind, as a screen reader comes to it."""
    found = re.findall(rf'<div class="{kind}[^"]*">(.*?)</div>', html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in found]


@pytest.mark.parametrize("tag", TAGS)
def test_every_situation_has_its_label(content_app: Flask, make: Make, tag: str) -> None:
    """It is text of the page, in its language and not of the box's own, and hidden from nobody."""
    with force_locale(tag):
        assert gettext("A situation") == LABELS[tag]
    spec = current(reading()).spec(ModuleSpec, "module", "communication")
    reading().rollback()
    with_one = [each for each in spec.lessons if ":::scenario" in each.markdown]
    assert with_one
    browser = sign_in(content_app.test_client(), make.person("Ana", language=tag))
    for lesson in with_one:
        html = browser.get(f"/modules/communication/lessons/{lesson.key}").get_data(as_text=True)
        boxes = boxes_of(html, "scenario")
        assert len(boxes) == lesson.markdown.count(":::scenario")
        assert all(each.startswith(LABELS[tag]) for each in boxes), boxes
        label = f'<p class="block-label">{LABELS[tag]}</p>'
        assert html.count(label) == len(boxes), "no attribute, nothing that hides it"
        assert not any(each.startswith(LABELS[tag]) for each in boxes_of(html, "note") + boxes_of(html, "reflection"))
