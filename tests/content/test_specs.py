"""The classes of content files, built from the real content and from the sample."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lms.assessments.specs import QuizSpec
from lms.certificates.specs import CertificateSpec
from lms.competencies.specs import FrameworkSpec
from lms.config import ROOT
from lms.content.folder import read_folder
from lms.content.lessons import render, segments
from lms.content.library import Words
from lms.content.shapes import Spec
from lms.content.translations import published_words
from lms.courses.specs import ModuleSpec
from lms.publish import SHAPES
from lms.surveys.specs import SurveySpec
from lms.tracks.specs import TrackSpec
from tests.content.sample import write_sample


@pytest.fixture(scope="module")
def real():
    return read_folder(ROOT / "content", SHAPES).objects


@pytest.fixture
def sample(tmp_path):
    return read_folder(write_sample(tmp_path), SHAPES).objects


def test_a_module_and_its_quiz(sample):
    source = sample["module", "visits"].source()
    module, quiz = ModuleSpec.from_source(source), QuizSpec.from_source(source)
    assert (module.has_quiz, module.minutes, module.survey) == (True, 20, "opinion")
    assert module.lesson("leaving").objectives == ("Say goodbye.",)
    assert module.lesson("gone") is None
    assert (quiz.drawn, quiz.item("q-one").key, quiz.item("q-one").critical) == (2, ("a",), True)
    assert quiz.item("q-one").choices == ("a", "b", "c")
    assert (quiz.item("q-two").key, quiz.item("q-two").choices) == (False, ("true", "false"))
    assert quiz.item("gone") is None


def test_a_survey_a_framework_and_a_certificate(sample):
    assert SurveySpec.from_source(sample["survey", "opinion"].source()).scale[4] == "Very much"
    framework = FrameworkSpec.from_source(sample["framework", "skills"].source())
    assert framework.competency("talking").minutes == 1
    assert framework.competency("gone") is None
    assert framework.crosswalks[0].maps[0].origin == "talking"
    certificate = CertificateSpec.from_source(sample["certificate", "done"].source())
    assert certificate.words.issued_on == "Issued on {date}."


def test_tracks(real):
    short = TrackSpec.from_source(real["track", "first-steps"].source())
    assert (short.modules, short.can_be_met) == (("communication", "outreach"), True)
    long = TrackSpec.from_source(real["track", "core"].source())
    assert (len(long.items), long.can_be_met) == (11, True)
    taught = [hours.minutes for hours in long.hours if hours.competency]
    assert (len(taught), sum(taught), long.hours[-1].minutes) == (11, 80 * 60, 40 * 60)


def test_a_track_without_a_certificate_refers_to_none(sample):
    track = TrackSpec.from_source(sample["track", "start"].source()).model_copy(update={"certificate": None})
    assert [reference.kind for reference in track.references()] == ["level", "module"]


def test_specs_never_change(sample):
    track = TrackSpec.from_source(sample["track", "start"].source())
    with pytest.raises(ValidationError):
        track.title = "Other"


def test_a_spec_may_have_no_words_and_no_references():
    assert (list(Spec().told()), list(Spec().references()), list(Spec().offers())) == ([], [], [])


def test_the_real_content_is_what_the_program_needs(real):
    modules = [ModuleSpec.from_source(made.source()) for (kind, _), made in real.items() if kind == "module"]
    assert len(modules) >= 3
    for module in modules:
        assert len(module.lessons) >= 4
        assert sum(lesson.minutes for lesson in module.lessons) >= 30
        assert any(":::scenario" in lesson.markdown for lesson in module.lessons)
        quiz = QuizSpec.from_source(real["module", module.key].source())
        assert quiz.drawn >= 10
        assert any(item.critical for item in quiz.questions)
    framework = FrameworkSpec.from_source(real["framework", "chw-core"].source())
    assert len(framework.competencies) == len(framework.crosswalks[0].maps) == 11


@pytest.mark.parametrize("locale", ["es", "to", "sm"])
def test_the_real_content_is_translated_whole(real, locale):
    for made in real.values():
        sentences = made.sentences()
        if not sentences:
            continue  # the glossary
        words = Words(locale, 1, f"{made.key}-{locale}", published_words(sentences, made.catalogs[locale].entries))
        assert {words.text(context, english).state for context, english in sentences.items()} == {"draft"}
        if made.kind != "module":
            continue
        for lesson in ModuleSpec.from_source(made.source()).lessons:
            blocks = render(lesson.markdown, words, lesson.key)
            assert {block.state for block in blocks} == {"draft"}
            assert {block.lang for block in blocks} == {locale}
            assert len(segments(lesson.markdown)) >= len(blocks)
            assert all(block.html.count("<li") == block.html_en.count("<li") for block in blocks)
