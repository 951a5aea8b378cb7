"""Pages of courses: a module with its steps, and its lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, get_template_attribute, redirect, render_template, url_for
from werkzeug.wrappers import Response

from lms.assessments.service import open_pretest
from lms.assessments.specs import QuizSpec
from lms.clock import now
from lms.content.cache import Cache
from lms.content.lessons import render
from lms.content.library import Library, Text, Words, current, mark_beside, marks
from lms.courses import queries, rules, service
from lms.courses.forms import FinishForm
from lms.courses.messages import sentence, step_address, step_title, step_words
from lms.courses.rules import ModuleProgress, NextStep
from lms.courses.service import Shown
from lms.courses.specs import LessonSpec, ModuleSpec, lesson_at, lesson_parts
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_hours, language
from lms.i18n import gettext as _
from lms.ids import new_client_id
from lms.listening.queries import heard_at, media_type_of
from lms.web.access import get_actor, signed_in
from lms.web.rounds import round_of
from lms.web.showing import Step, beneath, marked, show_english, told_wording, wants_both
from lms.web.sounds import send_sound

bp = Blueprint("courses", __name__, template_folder="templates")

Page = str | tuple[str, int] | Response


@dataclass(frozen=True)
class Prose:
    """The words of a lesson as one piece of a page, its blocks' states, and whether English stands beneath any."""

    html: str
    states: list[str]
    shows_english: bool


_pieces: Cache[Prose] = Cache(1_000)


@dataclass(frozen=True)
class Way:
    """The large button of a module's page; without a `label` there is nothing to press now."""

    title: str | Text
    note: str
    href: str
    label: str
    title_en: str | None = None


@bp.get("/modules/<module_key>")
@signed_in
def module(module_key: str) -> Page:
    """Show what a module teaches, the way through it, and the next step."""
    library = current(reading())
    blocked = _blocked(library, module_key)
    return _module_page(library, module_key, blocked)


@bp.get("/modules/<module_key>/continue")
@signed_in
def resume(module_key: str) -> Page:
    """Lead to what comes next in a module: a lesson, the quiz, the survey, or the module's page."""
    library = current(reading())
    step = queries.next_step_in_module(reading(), library, get_actor().person_id, module_key)
    return redirect(step_address(module_key, step))


@bp.get("/modules/<module_key>/lessons/<lesson_key>")
@signed_in
def lesson(module_key: str, lesson_key: str) -> Page:
    """Show a lesson to read."""
    library = current(reading())
    if blocked := _blocked(library, module_key):
        return _module_page(library, module_key, blocked), 403
    return _lesson_page(library, module_key, lesson_key)


@bp.post("/modules/<module_key>/lessons/<lesson_key>")
@signed_in
def finish(module_key: str, lesson_key: str) -> Page:
    """Mark a lesson as finished and go on to the next one, or to what else the module asks for."""
    actor, form = get_actor(), FinishForm()
    if not form.validate_on_submit():
        return redirect(url_for("courses.lesson", module_key=module_key, lesson_key=lesson_key))
    show_english(module_key)
    shown = Shown(language(), both=wants_both())
    try:
        write(lambda session: service.finish_lesson(session, actor, module_key, lesson_key, shown=shown, at=now()))
    except RuleBroken:  # the module's page says which module comes first
        return redirect(url_for("courses.module", module_key=module_key))
    spec = current(reading()).spec(ModuleSpec, "module", module_key)
    return redirect(_href_after(spec, lesson_key))


@bp.get("/modules/<module_key>/lessons/<lesson_key>/sound/<sha256>")
@signed_in
def lesson_sound(module_key: str, lesson_key: str, sha256: str) -> Page:
    """Send a reading of a lesson to whoever may read the lesson."""
    library = current(reading())
    if blocked := _blocked(library, module_key):
        return _module_page(library, module_key, blocked), 403
    return send_sound(sha256, media_type_of(reading(), module_key, lesson_at(lesson_key), sha256))


def _blocked(library: Library, module_key: str) -> RuleBroken | None:
    """Return why the reader may not begin this module yet, or None."""
    try:
        service.require_prerequisites(reading(), library, get_actor().person_id, module_key)
    except RuleBroken as error:
        return error
    return None


def _href_after(spec: ModuleSpec, lesson_key: str) -> str:
    """Return where the button under a lesson leads: the next lesson, after the last what is still open."""
    keys = [each.key for each in spec.lessons]
    following = keys[keys.index(lesson_key) + 1 :]
    if not following:
        return url_for("courses.resume", module_key=spec.key)
    return url_for("courses.lesson", module_key=spec.key, lesson_key=following[0])


def _module_page(library: Library, module_key: str, blocked: RuleBroken | None) -> str:
    show_english(module_key)
    spec = library.spec(ModuleSpec, "module", module_key)
    words = library.words("module", module_key, language())
    person_id = get_actor().person_id
    progress = queries.progress_of(reading(), library, [person_id], [module_key])[person_id, module_key]
    step = queries.with_wait(reading(), library, person_id, module_key, rules.next_step(spec, progress), now())
    title = words.text("module.yml:title", spec.title)
    summary = words.text("module.yml:summary", spec.summary)
    lessons = [(each, words.text(f"lessons/{each.key}.md:title", each.title)) for each in spec.lessons]
    states = [title.state, summary.state, *(text.state for _lesson, text in lessons)]
    return render_template(
        "courses/module.html",
        module=spec,
        title=title,
        summary=summary,
        marks=marks(states),
        both=wants_both(),
        progress=progress,
        way=_way_to_prerequisite(library, blocked) if blocked else _way(module_key, step, lessons, progress),
        steps=[] if blocked else _steps(module_key, lessons, progress, step),
        blocked=_reason(library, blocked) if blocked else None,
        asks_before=not blocked and _asks_before(library, module_key),
        wording=told_wording(module_key),
    )


def _asks_before(library: Library, module_key: str) -> bool:
    """Return whether the test before the first lesson is open to the reader."""
    spec = library.spec(ModuleSpec, "module", module_key)
    if not spec.has_quiz or not library.spec(QuizSpec, "module", module_key).linked:
        return False
    try:
        open_pretest(reading(), library, get_actor(), module_key, round_number=round_of(module_key))
    except RuleBroken:
        return False
    return True


def _title_of(library: Library, module_key: str) -> Text:
    spec = library.spec(ModuleSpec, "module", module_key)
    return library.words("module", module_key, language()).text("module.yml:title", spec.title)


def _reason(library: Library, blocked: RuleBroken) -> str:
    return sentence(RuleBroken(blocked.code, title=_title_of(library, str(blocked.values["module"]))))


def _way_to_prerequisite(library: Library, blocked: RuleBroken) -> Way:
    key = str(blocked.values["module"])
    return Way(_title_of(library, key), "", url_for("courses.module", module_key=key), _("Go to this module"))


def _way(module_key: str, step: NextStep, lessons: Sequence[tuple[LessonSpec, Text]], progress: ModuleProgress) -> Way:
    """Return the large button for the next step, in words."""
    if step.kind == "done":
        return Way(_("You have finished this module"), "", url_for("home.learn"), _("See what comes next"))
    note, words = step_words(step, is_begun=progress.is_begun)
    href = step_address(module_key, step)
    if step.kind != "lesson":
        return Way(step_title(step), note, href, words if step.again_from is None else "")
    text = lessons[step.position - 1][1]
    return Way(text, note, href, words, beneath(text, both=wants_both()))


def _steps(
    module_key: str, lessons: Sequence[tuple[LessonSpec, Text]], progress: ModuleProgress, step: NextStep
) -> list[Step]:
    """Return every step of the module with its state."""

    def state(*, done: bool, current: bool) -> str:
        return "done" if done else "current" if current else "todo"

    both = wants_both()
    steps = [
        Step(
            label=text,
            wording=text.state,
            label_en=beneath(text, both=both),
            state=state(done=each.key in progress.finished, current=each.key == step.lesson_key),
            href=url_for("courses.lesson", module_key=module_key, lesson_key=each.key),
            note=format_hours(each.minutes),
        )
        for each, text in lessons
    ]
    if progress.quiz != "none":
        quiz_state = state(done=progress.quiz == "passed", current=step.kind == "quiz")
        note = _("A trainer will look at your answers.") if progress.quiz == "waiting" else ""
        steps.append(Step(_("Quiz"), quiz_state, note, href=url_for("assessments.quiz", module_key=module_key)))
    if progress.has_survey:
        survey_state = state(done=progress.surveyed, current=step.kind == "survey")
        steps.append(Step(_("Feedback"), survey_state, href=url_for("surveys.module_survey", module_key=module_key)))
    return marked(steps)


def _lesson_page(library: Library, module_key: str, lesson_key: str) -> str:
    show_english(module_key)
    spec = library.spec(ModuleSpec, "module", module_key)
    place = next((n for n, each in enumerate(spec.lessons, 1) if each.key == lesson_key), None)
    if place is None:
        raise NotFound(f"no lesson {lesson_key!r} in {module_key}")
    found = spec.lessons[place - 1]
    words = library.words("module", module_key, language())
    finished = queries.finished_in_module(reading(), get_actor().person_id, module_key)
    title, objectives = _head(found, words)
    both = wants_both()
    heard = heard_at(reading(), library.get("module", module_key), words, {lesson_at(lesson_key): lesson_parts(found)})
    prose = _prose(module_key, found, words, both=both)
    states = [title.state, *(text.state for text in objectives), *prose.states]
    return render_template(
        "courses/lesson.html",
        client_id=new_client_id(),
        module_key=module_key,
        module_title=words.text("module.yml:title", spec.title),
        lesson=found,
        title=title,
        is_draft=mark_beside(title.state, states) == "draft",
        objectives=[(text, mark_beside(text.state, states) == "draft") for text in objectives],
        prose=prose.html,
        is_open=both or prose.shows_english or "stale" in {text.state for text in objectives},
        heard=heard.get(lesson_at(lesson_key)),
        place=place,
        total=len(spec.lessons),
        is_finished=lesson_key in finished,
        next_href=_href_after(spec, lesson_key),
        both=both,
        marks=marks(states),
    )


def _prose(module_key: str, found: LessonSpec, words: Words, *, both: bool) -> Prose:
    """Return the words of a lesson; made once for each text."""
    address = (module_key, found.markdown, found.key, words.locale, words.sha256, both)
    where = url_for("translating.report", kind="module", key=module_key, at=f"lessons/{found.key}.md:")

    def build() -> Prose:
        blocks = render(found.markdown, words, found.key)
        states = [block.state for block in blocks]
        marked = [(block, mark_beside(block.state, states)) for block in blocks]
        html = get_template_attribute("ui_words.html", "blocks")(marked, words.locale, both, where)
        return Prose(html, states, any(rules.needs_english(block.kind, block.state) for block in blocks))

    return _pieces.get(address, build)


def _head(lesson_spec: LessonSpec, words: Words) -> tuple[Text, list[Text]]:
    """Return the title and the objectives of a lesson in the reader's language."""
    file = f"lessons/{lesson_spec.key}.md"
    objectives = [
        words.text(f"{file}:objectives.{number}", english) for number, english in enumerate(lesson_spec.objectives, 1)
    ]
    return words.text(f"{file}:title", lesson_spec.title), objectives
