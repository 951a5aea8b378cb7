"""The glossary: its file, what it finds in English, and what it says of a translation."""

from __future__ import annotations

import pytest

from lms.config import ROOT
from lms.content.checks import glossary_of
from lms.content.folder import read_folder
from lms.content.glossary import GlossarySpec, glossary_hits, term_faults, without_names
from lms.content.library import current
from lms.content.po import Entry, write_po
from lms.content.translations import find_doubts
from lms.db import reading
from lms.publish import SHAPES, check_directory, content
from tests.content.sample import put, spoil, write_sample

FILE = """\
terms:
  - id: certificate
    english: [certificate, certificates]
    es: {use: [certificado], avoid: [diploma, certifica]}
    to: {use: [tohi fakamoʻoni]}
    sm: {use: [tusi faʻamaonia]}
    note: Two sources.
    status: agreed
  - id: health
    english: [health]
    es: {use: [salud]}
  - id: health-worker
    english: [health worker, health workers]
    es: {use: [trabajador de salud, promotor]}
    to: {use: [komiunitī, tokotā]}
"""
GLOSSARY = GlossarySpec.read(
    {
        "terms": [
            {
                "id": "certificate",
                "english": ["certificate", "certificates"],
                "es": {"use": ["certificado"], "avoid": ["diploma", "certifica"]},
                "to": {"use": ["tohi fakamoʻoni"]},
                "note": "Two sources.",
                "status": "agreed",
            },
            {"id": "health", "english": ["health"], "es": {"use": ["salud"]}},
            {
                "id": "health-worker",
                "english": ["health worker", "health workers"],
                "es": {"use": ["trabajador de salud", "promotor"]},
                "to": {"use": ["komiunitī", "tokotā"]},
            },
            {"id": "lesson", "english": ["lesson"], "es": {"use": ["lección"]}},
        ]
    }
)


@pytest.fixture
def folder(tmp_path):
    put(write_sample(tmp_path / "content"), "glossary.yml", FILE)
    return tmp_path / "content"


def warned(folder):
    return [each for each in check_directory(folder)[1].warnings if "have a translation" not in each.message]


def faults(locale, english, text):
    return [name for name, _ in term_faults(glossary_hits(GLOSSARY, english, locale), text)]


def test_hits_tell_what_to_use():
    (hit,) = glossary_hits(GLOSSARY, "Keep your **Certificates** safe.", "es")
    assert (hit.term, hit.use, hit.note, hit.status) == ("certificate", ("certificado",), "Two sources.", "agreed")
    assert (hit.id, hit.found, hit.avoid) == ("certificate", "certificates", ("diploma", "certifica"))


@pytest.mark.parametrize(
    ("english", "found"),
    [
        ("Health workers care for health.", ["health-worker", "health"]),
        ("A health  worker", ["health-worker"]),
        ("A health-worker", []),
        ("Healthy", []),
        ("{certificate} and [this](https://health.example/health)", []),
        ("[health](https://a.b)", ["health"]),
        ("The certificate's number", ["certificate"]),
        ("certificate, Certificate, CERTIFICATE", ["certificate"]),
    ],
)
def test_forms_are_whole_words_the_longest_first(english, found):
    assert [hit.id for hit in glossary_hits(GLOSSARY, english, "es")] == found


def test_a_term_without_words_in_a_language_is_no_hit():
    assert glossary_hits(GLOSSARY, "health", "to") == []
    assert glossary_hits(GLOSSARY, "health", "en") == []


@pytest.mark.parametrize(
    ("locale", "english", "text", "wanted"),
    [
        ("es", "Certificates", "Los **certificados**", []),
        ("es", "Certificate", "El papel", ["certificate"]),
        ("es", "Certificate", "El diploma", ["certificate"]),
        ("es", "Certificate", "El certificado, o diploma", ["certificate"]),
        ("es", "Certificate", "El certificado", []),  # what is to be avoided stands inside of what is used
        ("es", "Health workers", "Trabajadores de la salud", ["health-worker"]),
        ("es", "Health workers", "Trabajadores de salud", []),
        ("es", "Health workers", "Quien es promotor", []),
        ("es", "The lesson", "Las lecciones", []),
        ("es", "The lesson", "La selección", ["lesson"]),
        ("to", "The certificate", "ʻA e tohi fakamoʻoní", []),  # a definite noun
        ("to", "The certificate", "ʻA e tohi fakamooni", ["certificate"]),  # without the glottal stop
        ("to", "Health workers", "Ko e tokotaá", []),  # a long vowel under the accent
        ("to", "Health workers", "Ko e tokota", ["health-worker"]),
        ("to", "Health workers", "fakakomiunitī", []),
        ("to", "Health workers", "Ko e fefakakomiunitīʻaki", []),
        ("to", "Health workers", "komiuniti", ["health-worker"]),
    ],
)
def test_what_a_translation_does_with_terms(locale, english, text, wanted):
    assert faults(locale, english, text) == wanted


@pytest.mark.parametrize(
    ("english", "text", "wanted"),
    [
        ("Ask the National Health Alliance.", "Kole ki he National Health Alliance.", []),
        ("Ask the Department of Public Health.", "Pregunte al Department of Public Health.", []),
        ("Ask the National Health Alliance.", "Pregunte a la alianza.", ["health"]),
        ("Health at the National Health Alliance", "National Health Alliance", ["health"]),
        ("Health", "Health", ["health"]),
    ],
)
def test_names_that_stay_english_hold_no_terms(english, text, wanted):
    assert faults("es", without_names(english, text), text) == wanted


def test_a_warning_names_term_and_words_at_the_line_of_the_translation(folder):
    put(
        folder,
        "certificates/done.es.po",
        write_po("es", [Entry("done.yml:words.heading", "Certificate", "Diploma", on="2026-11-22")]),
    )
    (found,) = warned(folder)
    assert (found.path, found.line) == (f"{folder}/certificates/done.es.po", 14)
    assert found.message == "the glossary avoids 'diploma' for 'certificate': 'certificado'"
    spoil(folder, "certificates/done.es.po", "# on:", "# checked: certificate\n# on:")
    assert warned(folder) == []


def test_a_stale_translation_is_judged_by_the_english_it_was_made_from(folder):
    entry = Entry("done.yml:words.heading", "Certificate", "Papel", is_fuzzy=True, previous="Paper")
    put(folder, "certificates/done.es.po", write_po("es", [entry]))
    assert warned(folder) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: health\n", "id: certificate\n", 9, "id used twice"),
        ("english: [health]", "english: [Certificate]", 10, "English form used twice"),
        ("use: [salud]", "use: []", 11, "needs at least 1"),
        ("use: [salud]", 'use: ["..."]', 11, "write a word"),
        ("avoid: [diploma, certifica]", "avoid: [diploma, diploma]", 4, "word used twice"),
        ("status: agreed", "status: settled", 8, "must be"),
        ("    note: Two sources.", "    notes: Two sources.", 7, "unknown key"),
        ("terms:", "words:", 1, "missing"),
    ],
)
def test_mistakes_in_the_file_have_their_line(folder, old, new, line, words):
    spoil(folder, "glossary.yml", old, new)
    found = [(each.path, each.line) for each in check_directory(folder)[1].problems if words in each.message]
    assert (f"{folder}/glossary.yml", line) in found, check_directory(folder)[1].problems


def test_a_folder_of_that_name_is_refused(folder):
    (folder / "glossary.yml").unlink()
    (folder / "glossary.yml").mkdir()
    (problem,) = check_directory(folder)[1].problems
    assert problem.message.startswith("not used")


def test_a_folder_can_do_without(tmp_path):
    read = read_folder(write_sample(tmp_path / "content"), SHAPES)
    assert glossary_of(read) is None


def test_it_is_published(app, folder):
    published = app.test_cli_runner().invoke(content, ["publish", str(folder)])
    assert published.exit_code == 0, published.output
    glossary = current(reading()).spec(GlossarySpec, "glossary", "glossary")
    assert [hit.use for hit in glossary_hits(glossary, "A certificate", "sm")] == [("tusi faʻamaonia",)]


def test_the_shipped_words_follow_the_shipped_glossary():
    """One warning for 50 terms at most: what is drafted later is mended step by step, and never forgotten."""
    folder = read_folder(ROOT / "content", SHAPES)
    glossary = glossary_of(folder)
    assert glossary is not None
    entries = [
        (locale, entry)
        for made in folder.objects.values()
        for locale, catalog in made.catalogs.items()
        for entry in catalog.present
        if entry.text and entry.made_from is not None
    ]
    hits = sum(len(glossary_hits(glossary, entry.made_from, locale)) for locale, entry in entries)
    doubts = [
        (locale, entry.context, message)
        for locale, entry in entries
        for _, message in find_doubts(entry, locale, glossary)
        if "the glossary" in message
    ]
    assert hits > 2_000
    assert len(doubts) * 50 <= hits, doubts
