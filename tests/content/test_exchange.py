"""A track goes out to translators and comes back: nothing is lost, and nothing changes that nobody changed."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import time_machine
from babel.messages.pofile import read_po as babel_read
from babel.messages.pofile import write_po as babel_write
from click.testing import CliRunner

from lms.config import ROOT
from lms.content.folder import LOCALES, read_folder
from lms.content.po import Entry, read_po, write_po
from lms.content.receiving import receive
from lms.content.sending import pack
from lms.content.translations import follow
from lms.errors import BadInput
from lms.publish import SHAPES, check_directory, content
from tests.conftest import AT
from tests.content.sample import put, spoil, write_sample

TRACK = "tracks/start.to.po"
MODULE = "modules/visits/to.po"
TITLE, SUMMARY = "start.yml:title", "start.yml:summary"
GLOSSARY = """\
terms:
  - id: greeting
    english: [greeting]
    to: {use: [fetapa, "=talitali"], avoid: [halō]}
    note: Three sources.
  - id: form
    english: [form]
    es: {use: [formulario]}
"""


@pytest.fixture(autouse=True)
def today():
    """Let the commands run on one day."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def folder(tmp_path):
    folder = write_sample(tmp_path / "content")
    run("extract", folder)
    put_words(folder, TRACK, {TITLE: {"text": "Kamata", "state": "reviewed", "by": "Ana", "on": "2026-11-20"}})
    put_words(folder, TRACK, {SUMMARY: {"text": "Ko ha kamata nounou.", "notes": ("ask Sione",)}})
    put_words(folder, MODULE, {"module.yml:title": {"text": "ʻAʻahi ki ʻapi", "made": "machine"}})
    return folder


def run(*arguments):
    return CliRunner().invoke(content, [str(each) for each in arguments])


def put_words(folder: Path, name: str, fields: dict[str, dict[str, object]]) -> None:
    """Change entries of a PO file."""
    path = folder / name
    file = read_po(path.read_text(), name)
    assert not file.problems
    entries = [Entry(**{**vars(entry), **fields.get(entry.context, {})}) for entry in file.entries]
    path.write_text(write_po(file.header["Language"], entries, file.header))


def words(folder: Path, name: str) -> dict[str, Entry]:
    file = read_po((folder / name).read_text(), name)
    assert not file.problems
    return {entry.context: entry for entry in file.present}


def export(folder: Path, locale: str = "to", track: str = "start") -> Path:
    target = folder.parent / "out.zip"
    done = run("export-po", "--track", track, "--locale", locale, "--content", folder, target)
    assert done.exit_code == 0, done.output
    return target


def come(folder: Path, archive: Path, *options: str):
    return run("import-po", "--content", folder, archive, *options)


def edit(archive: Path, changes: dict[str, object]) -> Path:
    """Change files of an archive: by a function of their text, by a text, or None to leave one away."""
    members = {}
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name).decode() for name in source.namelist()}
    for name, change in changes.items():
        if change is None:
            del members[name]
        else:
            members[name] = change(members[name]) if callable(change) else change
    with zipfile.ZipFile(archive, "w") as target:
        for name, text in members.items():
            target.writestr(name, text)
    return archive


def say(context: str, old: str, new: str, flags: str = ""):
    """Return what changes the words at a context as an editor does, and leaves all else."""

    def change(text: str) -> str:
        start = text.index(f'msgctxt "{context}"')
        at = text.index(f'msgstr "{old}"', start)
        return f'{text[:start]}{text[start:at]}msgstr "{new}"{text[at + len(old) + 9 :]}'

    return change


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def problems(result) -> list[str]:
    assert isinstance(result.exception, BadInput), result.output
    return [str(each) for each in result.exception.problems]


def test_what_goes_out(folder):
    put(folder, "glossary.yml", GLOSSARY)
    with zipfile.ZipFile(export(folder)) as archive:
        names = archive.namelist()
        read_me = archive.read("README.txt").decode()
        terms = archive.read("glossary.csv").decode("utf-8-sig").splitlines()
        manifest = json.loads(archive.read("manifest.json"))
        assert archive.read(MODULE) == (folder / MODULE).read_bytes()
    assert sorted(names) == [
        "README.txt",
        "certificates/done.to.po",
        "frameworks/skills.to.po",
        "glossary.csv",
        "manifest.json",
        "modules/visits/to.po",
        "surveys/opinion.to.po",
        "tracks/start.to.po",
    ]
    assert read_me.startswith("Start: translation into Tongan\n")
    assert "ʻ (U+02BB)" in read_me
    assert terms[0] == '"English","use","avoid","status","note"'
    assert terms[1] == '"greeting","fetapa, =talitali","halō","chosen","Three sources."'
    assert len(terms) == 2  # the other term has no Tongan words
    assert (manifest["track"], manifest["locale"]) == ("start", "to")
    assert set(manifest["files"]) == {name for name in names if name.endswith(".po")}
    assert len(manifest["files"][TRACK]["sha256"]) == 64


def test_the_same_content_goes_out_as_the_same_bytes(folder):
    assert export(folder).read_bytes() == export(folder).read_bytes()


def test_back_as_it_went_out_changes_nothing(folder):
    before = everything(folder)
    done = come(folder, export(folder))
    assert done.output == "start in to: 0 sentences taken, 0 files changed.\n"
    assert everything(folder) == before


def rewritten(text: str) -> str:
    """Return a PO file as another program writes it: its own order of header, wrapping, comments and no order."""
    catalog = babel_read(io.BytesIO(text.encode()), locale="to")
    catalog.last_translator = "Mele Taufa <mele@example.org>"
    target = io.BytesIO()
    babel_write(target, catalog, width=40, sort_output=True, include_previous=True)
    return target.getvalue().decode()


def poedit(text: str) -> str:
    """Return a PO file as an editor on another system writes it."""
    text = text.replace('"Project-Id-Version: content\\n"\n', '"X-Generator: Poedit 3.4\\n"\n"Language: to_TO\\n"\n', 1)
    text = text.replace('"Language: to\\n"\n', "", 1)
    text = re.sub(r'(?m)^msgid "(.{30,}?) (.*)"$', r'msgid ""\n"\1 "\n"\2"', text)
    text = re.sub(r"(?m)^msgctxt", "#: here/there:12\n#, markdown\nmsgctxt", text)
    text += '\n#~ msgctxt "gone"\n#~ msgid "Gone"\n#~ msgstr "Mole"\n'
    return f"\ufeff{text}".replace("\n", "\r\n")


@pytest.mark.parametrize("rewrite", [rewritten, poedit])
def test_another_program_may_write_the_files_anew(folder, rewrite):
    put_words(folder, TRACK, {SUMMARY: {"is_fuzzy": True, "previous": "A start.", "stale_since": "2026-11-19"}})
    before = everything(folder)
    archive = export(folder)
    with zipfile.ZipFile(archive) as source:
        names = [name for name in source.namelist() if name.endswith(".po")]
    edit(archive, dict.fromkeys(names, rewrite))
    assert come(folder, archive).output == "start in to: 0 sentences taken, 0 files changed.\n"
    assert everything(folder) == before


def test_the_shipped_content_comes_back_byte_for_byte(tmp_path):
    folder = read_folder(ROOT / "content", SHAPES)
    for locale in LOCALES:
        archive = tmp_path / "out.zip"
        archive.write_bytes(pack(folder, "first-steps", locale, locale, None).body)
        with zipfile.ZipFile(archive) as source:
            names = [name for name in source.namelist() if name.endswith(".po")]
        assert len(names) == 10
        edit(archive, dict.fromkeys(names, rewritten))
        received = receive(archive, folder, "", AT.date())
        assert (received.files, received.kept, received.warnings) == ([], [], [])


def test_words_that_a_translator_changed_are_taken_as_a_draft_of_hers(folder):
    archive = edit(export(folder), {TRACK: lambda text: rewritten(say(TITLE, "Kamata", "Kamataʻanga")(text))})
    dry = come(folder, archive, "--dry-run")
    assert "start in to: 1 sentences taken, 1 files would change." in dry.output
    assert words(folder, TRACK)[TITLE].text == "Kamata"
    assert come(folder, archive).exit_code == 0
    now = words(folder, TRACK)[TITLE]
    assert (now.text, now.state, now.by, now.on) == ("Kamataʻanga", "draft", "", str(AT.date()))
    assert now.translated_by == "Mele Taufa"  # as the program wrote it, without her address
    assert words(folder, TRACK)[SUMMARY].notes == ("ask Sione",)
    before = everything(folder)
    assert "0 sentences taken" in come(folder, archive).output
    assert everything(folder) == before
    assert check_directory(folder)[1].problems == ()


def test_new_words_and_who_wrote_them(folder):
    archive = edit(export(folder), {MODULE: say("module.yml:summary", "", "Founga ʻaʻahi.")})
    come(folder, archive, "--translated-by", "Sione Fonua")
    now = words(folder, MODULE)["module.yml:summary"]
    assert (now.state, now.translated_by, now.on) == ("draft", "Sione Fonua", str(AT.date()))


def test_a_machine_draft_that_a_person_changed_is_not_the_machine_s(folder):
    archive = edit(export(folder), {MODULE: say("module.yml:title", "ʻAʻahi ki ʻapi", "ʻAʻahi ʻapi")})
    come(folder, archive)
    assert words(folder, MODULE)["module.yml:title"].made == ""


def test_a_state_that_came_back_is_taken(folder):
    signed = "# ask Sione\n# state: approved\n# by: Mele\n# on: 2026-11-21\n# translated by: Ana"
    archive = edit(export(folder), {TRACK: lambda text: text.replace("# ask Sione\n# state: draft", signed)})
    assert "1 sentences taken" in come(folder, archive).output
    now = words(folder, TRACK)[SUMMARY]
    assert (now.state, now.by, now.on, now.translated_by) == ("approved", "Mele", "2026-11-21", "Ana")


def test_words_and_a_state_that_came_back_together(folder):
    def change(text: str) -> str:
        text = say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata nounou.")(text)
        return text.replace("# state: draft", "# state: in review\n# translated by: Lupe")

    assert come(folder, edit(export(folder), {TRACK: change})).exit_code == 0
    now = words(folder, TRACK)[SUMMARY]
    assert (now.text, now.state, now.translated_by) == ("Ko e kamata nounou.", "in review", "Lupe")


def test_who_translated_cannot_approve_there_either(folder):
    signed = "# state: approved\n# by: Ana\n# on: 2026-11-21\n# translated by: ANA"
    archive = edit(export(folder), {TRACK: lambda text: text.replace("# state: draft", signed)})
    (problem,) = problems(come(folder, archive))
    assert "out.zip/tracks/start.to.po:" in problem
    assert "cannot approve" in problem


SIGNED = "# state: approved\n# by: Ben\n# on: 2026-11-21\n"


def approved_by_ben(text: str, more: str = "") -> str:
    """Return the track's file with other words for its summary, which Ben approved."""
    text = say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata nounou.")(text)
    return text.replace("# ask Sione\n# state: draft\n", f"# ask Sione\n{SIGNED}{more}")


@pytest.mark.parametrize("before", ["", "Ana"])
@pytest.mark.parametrize("hand", [(), ("--translated-by", "ben")])
def test_nobody_approves_her_own_words_under_the_name_of_who_wrote_others(folder, before, hand):
    put_words(folder, TRACK, {SUMMARY: {"translated_by": before}})
    archive = edit(export(folder), {TRACK: approved_by_ben})
    was = everything(folder)
    (problem,) = problems(come(folder, archive, *hand))
    assert "Ben translated this, and so cannot approve it" in problem
    assert everything(folder) == was


def test_changed_words_are_theirs_who_sends_them_back(folder):
    put_words(folder, TRACK, {SUMMARY: {"translated_by": "Ana"}})
    archive = edit(export(folder), {TRACK: approved_by_ben})
    assert come(folder, archive, "--translated-by", "Mele").exit_code == 0
    now = words(folder, TRACK)[SUMMARY]
    assert (now.state, now.by, now.translated_by) == ("approved", "Ben", "Mele")


def test_changed_words_are_theirs_whom_the_file_names_anew(folder):
    archive = edit(export(folder), {TRACK: lambda text: approved_by_ben(text, "# translated by: Lupe\n")})
    assert come(folder, archive, "--translated-by", "Ben").exit_code == 0
    assert words(folder, TRACK)[SUMMARY].translated_by == "Lupe"


def test_a_name_that_was_taken_away_is_not_forgotten(folder):
    put_words(folder, TRACK, {SUMMARY: {"translated_by": "Ben"}})
    ours = "# ask Sione\n# state: draft\n# translated by: Ben\n"
    archive = edit(export(folder), {TRACK: lambda text: text.replace(ours, f"# ask Sione\n{SIGNED}")})
    (problem,) = problems(come(folder, archive))
    assert "cannot approve" in problem


def test_words_of_older_english_are_not_approved_by_who_wrote_them_either(folder):
    archive = edit(export(folder), {TRACK: approved_by_ben})
    spoil(folder, "tracks/start.yml", "summary: A short start.", "summary: Something else entirely, quite long.")
    run("extract", folder)
    (problem,) = problems(come(folder, archive))
    assert "cannot approve" in problem


def test_what_changed_here_meanwhile_stays_and_their_words_are_kept(folder):
    archive = edit(export(folder), {TRACK: say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata.")})
    put_words(folder, TRACK, {SUMMARY: {"text": "Kamata nounou."}})
    done = come(folder, archive, "--translated-by", "Mele")
    line = 2 + next(n for n, text in enumerate(lines_of(archive, TRACK), 1) if SUMMARY in text)
    assert f"out.zip/tracks/start.to.po:{line}:1: warning: the words here have changed" in done.stderr
    now = words(folder, TRACK)[SUMMARY]
    assert now.text == "Kamata nounou."
    assert now.notes == ("ask Sione", f"other words of {AT.date()} by Mele: Ko e kamata.")
    before = everything(folder)
    come(folder, archive)
    assert everything(folder) == before


def lines_of(archive: Path, name: str) -> list[str]:
    with zipfile.ZipFile(archive) as source:
        return source.read(name).decode().split("\n")


def test_words_that_were_approved_here_meanwhile_stay(folder):
    archive = edit(export(folder), {TRACK: say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata.")})
    put_words(folder, TRACK, {SUMMARY: {"state": "approved", "by": "Lupe", "on": "2026-11-22"}})
    come(folder, archive)
    now = words(folder, TRACK)[SUMMARY]
    assert (now.text, now.state) == ("Ko ha kamata nounou.", "approved")
    assert now.notes[-1].endswith(": Ko e kamata.")


def test_a_state_that_came_back_for_words_that_changed_here_is_named(folder):
    signed = "# state: approved\n# by: Mele\n# on: 2026-11-21\n# translated by: Ana"
    archive = edit(export(folder), {TRACK: lambda text: text.replace("# state: draft", signed)})
    put_words(folder, TRACK, {SUMMARY: {"text": "Kamata nounou."}})
    done = come(folder, archive)
    assert "warning: the state here is 'draft' now and stays; 'approved' came back" in done.stderr
    assert words(folder, TRACK)[SUMMARY].state == "draft"


def test_the_same_words_here_and_there_are_no_conflict(folder):
    archive = edit(export(folder), {TRACK: say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata.")})
    put_words(folder, TRACK, {SUMMARY: {"text": "Ko e kamata."}})
    done = come(folder, archive)
    assert (done.stderr, done.stdout) == ("", "start in to: 0 sentences taken, 0 files changed.\n")


def test_words_of_older_english_come_in_as_stale(folder):
    archive = edit(export(folder), {TRACK: say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata.")})
    spoil(folder, "tracks/start.yml", "summary: A short start.", "summary: A very short start.")
    run("extract", folder)
    assert "1 sentences taken" in come(folder, archive).output
    now = words(folder, TRACK)[SUMMARY]
    assert (now.text, now.is_fuzzy, now.previous) == ("Ko e kamata.", True, "A short start.")
    assert now.stale_since == str(AT.date())


def test_words_for_english_that_changed_since_without_a_run_of_extract(folder):
    archive = edit(export(folder), {TRACK: say(SUMMARY, "Ko ha kamata nounou.", "Ko e kamata.")})
    spoil(folder, "tracks/start.yml", "summary: A short start.", "summary: A very short start.")
    come(folder, archive)
    now = words(folder, TRACK)[SUMMARY]
    assert (now.english, now.text, now.is_fuzzy) == ("A very short start.", "Ko e kamata.", True)


def test_a_stale_sentence_that_was_mended_is_good_again(folder):
    spoil(folder, "tracks/start.yml", "summary: A short start.", "summary: A very short start.")
    run("extract", folder)

    def mend(text: str) -> str:
        text = say(SUMMARY, "Ko ha kamata nounou.", "Ko ha kamata nounou ʻaupito.")(text)
        return text.replace("#, fuzzy\n", "").replace('#| msgid "A short start."\n', "")

    archive = edit(export(folder), {TRACK: mend})
    assert come(folder, archive).exit_code == 0
    now = words(folder, TRACK)[SUMMARY]
    assert (now.text, now.is_fuzzy, now.previous, now.stale_since) == ("Ko ha kamata nounou ʻaupito.", False, None, "")


def test_a_sentence_that_a_translator_doubts_is_stale(folder):
    archive = edit(
        export(folder), {TRACK: lambda text: text.replace(f'msgctxt "{TITLE}"', f'#, fuzzy\nmsgctxt "{TITLE}"')}
    )
    come(folder, archive)
    now = words(folder, TRACK)[TITLE]
    assert (now.is_fuzzy, now.state, now.stale_since) == (True, "draft", str(AT.date()))


def test_words_follow_a_sentence_that_moved(folder):
    context = "lessons/leaving.md:intro.1"
    archive = edit(export(folder), {MODULE: say(context, "", "Tala ʻa e taimi te ke foki mai ai.")})
    spoil(folder, "modules/visits/lessons/leaving.md", "Say when", "Wave before you go.\n\nSay when")
    run("extract", folder)
    come(folder, archive)
    assert words(folder, MODULE)["lessons/leaving.md:intro.2"].text == "Tala ʻa e taimi te ke foki mai ai."
    assert words(folder, MODULE)[context].text == ""


def test_words_of_a_sentence_that_is_gone_are_kept(folder):
    context = "lessons/leaving.md:intro.1"
    archive = edit(export(folder), {MODULE: say(context, "", "Tala ʻa e taimi.")})
    spoil(folder, "modules/visits/lessons/leaving.md", "Say when you come back.", "Wave.")
    done = come(folder, archive)
    assert "its sentence is gone" in done.stderr
    assert '#~ msgstr "Tala ʻa e taimi."' in (folder / MODULE).read_text()
    spoil(folder, "modules/visits/lessons/leaving.md", "Wave.", "Say when you come back.")
    run("extract", folder)
    assert words(folder, MODULE)[context].text == "Tala ʻa e taimi."


def test_words_that_came_back_empty_are_not_lost(folder):
    archive = edit(export(folder), {TRACK: say(TITLE, "Kamata", "")})
    done = come(folder, archive)
    assert "came back empty" in done.stderr
    assert words(folder, TRACK)[TITLE].text == "Kamata"


def test_notes_of_both_sides_are_kept(folder):
    archive = edit(export(folder), {TRACK: lambda text: text.replace("# ask Sione\n", "# ask Sione\n# asked\n")})
    put_words(folder, TRACK, {SUMMARY: {"notes": ("ask Sione", "and Ana")}})
    come(folder, archive)
    assert words(folder, TRACK)[SUMMARY].notes == ("ask Sione", "and Ana", "asked")


def test_a_note_on_a_sentence_without_words(folder):
    note = 'msgctxt "module.yml:summary"'
    archive = edit(export(folder), {MODULE: lambda text: text.replace(note, f"# what is a visit?\n{note}")})
    come(folder, archive)
    assert words(folder, MODULE)["module.yml:summary"].notes == ("what is a visit?",)


def test_doubts_about_what_came_are_told_at_its_line(folder):
    put(folder, "glossary.yml", GLOSSARY)
    archive = edit(export(folder), {MODULE: say("quiz.yml:q-one.a", "", "Halō")})
    done = come(folder, archive)
    line = 2 + next(n for n, text in enumerate(lines_of(archive, MODULE), 1) if "q-one.a" in text)
    assert f"out.zip/{MODULE}:{line}:1: warning: the glossary avoids 'halō' for 'greeting'" in done.stderr
    assert words(folder, MODULE)["quiz.yml:q-one.a"].text == "Halō"


@pytest.mark.parametrize(
    ("name", "change", "where", "message"),
    [
        (MODULE, say("quiz.yml:q-one.a", "", "Malo 'aupito"), f"{MODULE}:", "U+02BB"),
        (MODULE, say("quiz.yml:q-one.a", "", "e\u0301"), f"{MODULE}:", "NFC"),
        (MODULE, lambda text: text.replace('"A greeting"', '"The greeting"'), f"{MODULE}:", "change only msgstr"),
        (MODULE, lambda text: text.replace('"quiz.yml:q-one.a"', '"quiz.yml:q-one.z"'), f"{MODULE}:", "did not go out"),
        (MODULE, lambda text: text.replace('msgstr "', "msgstr ", 3), f"{MODULE}:", "quotation"),
        (MODULE, lambda text: text.replace("Language: to", "Language: sm"), f"{MODULE}:1:", "Language: sm"),
        (MODULE, lambda text: f"{text}\n# {'x' * 1_000_000}\n", f"{MODULE}:1:", "1 MB"),
        ("modules/other/to.po", "", "modules/other/to.po:1:", "did not go out under this name"),
        ("manifest.json", None, "manifest.json:1:1", "missing"),
        ("manifest.json", lambda text: text[:-9], "manifest.json:1:1", "changed or broken"),
        ("manifest.json", lambda text: text.replace(': "to"', ': "fr"'), "manifest.json:1:1", "changed or broken"),
        ("manifest.json", "[]", "manifest.json:1:1", "changed or broken"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(folder, name, change, where, message):
    archive = export(folder)
    if name.endswith("other/to.po"):
        with zipfile.ZipFile(archive, "a") as target:
            target.writestr(name, "")
    else:
        edit(archive, {name: change})
    before = everything(folder)
    found = problems(come(folder, archive))
    assert any(f"out.zip/{where}" in each and message in each for each in found), found
    assert everything(folder) == before


def test_bytes_that_are_no_text(folder):
    archive = export(folder)
    with zipfile.ZipFile(archive) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(archive, "w") as target:
        for name, body in members.items():
            target.writestr(name, body.replace(b"Kamata", b"Kam\xe9ta"))
    assert any("not UTF-8" in each for each in problems(come(folder, archive)))


def test_answers_that_read_alike_are_refused_where_they_would_stand(folder):
    change = lambda text: say("quiz.yml:q-one.b", "", "tali.")(say("quiz.yml:q-one.a", "", "Tali")(text))  # noqa: E731
    (problem,) = problems(come(folder, edit(export(folder), {MODULE: change})))
    assert f"{folder}/{MODULE}:" in problem
    assert "the options of q-one must differ" in problem


def test_a_second_fault_like_one_that_is_here_is_refused_too(folder):
    here = {"quiz.yml:q-one.a": {"text": "Tali"}, "quiz.yml:q-one.b": {"text": "tali."}}
    archive = edit(export(folder), {TRACK: say(TITLE, "Kamata", "Kamataʻanga")})
    put_words(folder, MODULE, here)
    assert come(folder, archive).exit_code == 0, "what is wrong here already is not theirs"
    (problem,) = problems(come(folder, edit(archive, {MODULE: say("quiz.yml:q-one.c", "", "TALI")})))
    assert "the options of q-one must differ" in problem


def test_files_may_be_left_away_and_a_folder_may_stand_around(folder):
    archive = edit(export(folder), {TRACK: say(TITLE, "Kamata", "Kamataʻanga"), MODULE: None, "README.txt": None})
    with zipfile.ZipFile(archive) as source:
        members = {f"to/{name}": source.read(name).decode() for name in source.namelist()}
    archive.unlink()
    with zipfile.ZipFile(archive, "w") as target:
        for name, text in members.items():
            target.writestr(name, text)
    assert "1 sentences taken" in come(folder, archive).output


def test_a_part_that_is_gone_is_named(folder):
    gone = "modules/gone/to.po"
    archive = edit(export(folder), {"manifest.json": lambda text: text.replace(MODULE, gone)})
    with zipfile.ZipFile(archive, "a") as target:
        target.writestr(gone, (folder / MODULE).read_text())
    assert any("there is no such file in the content any more" in each for each in problems(come(folder, archive)))


def test_only_what_is_up_to_date_goes_out(folder):
    spoil(folder, "tracks/start.yml", "title: Start", "title: Begin")
    done = run("export-po", "--track", "start", "--locale", "to", "--content", folder, folder.parent / "out.zip")
    assert problems(done) == [f"{folder}/tracks/start.to.po:1:1: not up to date; run `lms content extract` first"]


def test_wrong_usage(folder):
    unknown = run("export-po", "--track", "none", "--locale", "to", "--content", folder, folder.parent / "out.zip")
    assert (unknown.exit_code, "there is no track 'none'" in unknown.output) == (2, True)
    missing = come(folder, folder.parent / "none.zip")
    assert (missing.exit_code, "there is no file" in missing.output) == (2, True)
    assert run("export-po", "--track", "start", "--locale", "fr", "x.zip").exit_code == 2


def test_a_broken_folder_takes_nothing(folder):
    archive = export(folder)
    put(folder, "tracks/start.yml", "key: [")
    assert problems(come(folder, archive))


def test_what_follows_an_import_is_stable(folder):
    archive = edit(export(folder), {TRACK: say(TITLE, "Kamata", "Kamataʻanga")})
    come(folder, archive)
    file = read_po((folder / TRACK).read_text())
    english = {entry.context: entry.english for entry in file.present}
    assert write_po("to", follow(english, file.entries, "2027-01-01"), file.header) == (folder / TRACK).read_text()
