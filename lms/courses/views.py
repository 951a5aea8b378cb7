"""Pages of courses: a module with its steps, and its lessons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from lms.clock import now
from lms.content.cache import Cache
from lms.content.lessons import CONTAINERS, Block, render
from lms.content.library import Library, Text, Words, current, worst
from lms.courses import queries, rules, service
from lms.courses.forms import FinishForm
from lms.courses.messages import sentence
from lms.courses.rules import ModuleProgress, NextStep
from lms.courses.service import Shown
from lms.courses.specs import LessonSpec, ModuleSpec
from lms.db import reading, write
from lms.errors import NotFound, RuleBroken
from lms.i18n import format_hours, language
from lms.ids import new_client_id
from lms.web.access import get_actor, signed_in

bp = Blueprint("courses", __name__, template_folder="templates")

Page = str | tuple[str, int] | Response

_pieces: Cache[tuple[Markup, str]] = Cache(1_000)


@dataclass(frozen=True)
class Step:
    """One line of a module's way: a lesson, the quiz or the survey."""

    label: str
    state: str
    href: str
    note: str = ""
    label_en: str | None = None


@dataclass(frozen=True)
class Way:
    """The large button of a module's page."""

    title: str
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
    return redirect(_href(module_key, step))


@bp.get("/modules/<module_key>/lessons/<lesson_key>")
@signed_in
def lesson(module_key: str, lesson_key: str) -> Page:
    """Show a lesson to read."""
    library = current(reading())
    if blocked := _blocked(library, module_key):
        return _module_page(library, module_key, blocked), 403
    _remember_both()
    return _lesson_page(library, module_key, lesson_key)


@bp.post("/modules/<module_key>/lessons/<lesson_key>")
@signed_in
def finish(module_key: str, lesson_key: str) -> Page:
    """Mark a lesson as finished and go on to the next one, or to what else the module asks for."""
    actor, form = get_actor(), FinishForm()
    if not form.validate_on_submit():
        return redirect(url_for("courses.lesson", module_key=module_key, lesson_key=lesson_key))
    shown = Shown(language(), both=_both())
    try:
        write(lambda session: service.finish_lesson(session, actor, module_key, lesson_key, shown=shown, at=now()))
    except RuleBroken:  # the module's page says which module comes first
        return redirect(url_for("courses.module", module_key=module_key))
    spec = current(reading()).spec(ModuleSpec, "module", module_key)
    return redirect(_href_after(spec, lesson_key))


def _blocked(library: Library, module_key: str) -> RuleBroken | None:
    """Return why the reader may not begin this module yet, or None."""
    try:
        service.require_prerequisites(reading(), library, get_actor().person_id, module_key)
    except RuleBroken as error:
        return error
    return None


def _both() -> bool:
    """Return whether English stands beneath each block, as the reader chose last on this device."""
    return bool(cookie.get("both")) and language() != "en"


def _remember_both() -> None:
    """Keep the choice that a tap on the switch made (`?both=1`, `?both=0`)."""
    if request.args.get("both") in {"0", "1"}:
        cookie["both"] = request.args["both"] == "1"


def _href(module_key: str, step: NextStep) -> str:
    if step.kind == "lesson":
        return url_for("courses.lesson", module_key=module_key, lesson_key=step.lesson_key)
    endpoints = {"quiz": "assessments.quiz", "survey": "surveys.module_survey", "done": "courses.module"}
    return url_for(endpoints[step.kind], module_key=module_key)


def _href_after(spec: ModuleSpec, lesson_key: str) -> str:
    """Return where the button under a lesson leads: the next lesson, after the last what is still open."""
    keys = [each.key for each in spec.lessons]
    following = keys[keys.index(lesson_key) + 1 :]
    if not following:
        return url_for("courses.resume", module_key=spec.key)
    return url_for("courses.lesson", module_key=spec.key, lesson_key=following[0])


def _module_page(library: Library, module_key: str, blocked: RuleBroken | None) -> str:
    spec = library.spec(ModuleSpec, "module", module_key)
    words = library.words("module", module_key, language())
    person_id = get_actor().person_id
    progress = queries.progress_of(reading(), library, [person_id], [module_key])[person_id, module_key]
    step = rules.next_step(spec, progress)
    title = words.text("module.yml:title", spec.title)
    summary = words.text("module.yml:summary", spec.summary)
    lessons = [(each, words.text(f"lessons/{each.key}.md:title", each.title)) for each in spec.lessons]
    return render_template(
        "courses/module.html",
        module=spec,
        title=title,
        summary=summary,
        state=worst([title.state, summary.state, *(text.state for _lesson, text in lessons)]),
        both=_both(),
        progress=progress,
        way=_way_to_prerequisite(library, blocked) if blocked else _way(module_key, step, lessons),
        steps=[] if blocked else _steps(module_key, lessons, progress, step),
        blocked=_reason(library, blocked) if blocked else None,
    )


def _title_of(library: Library, module_key: str) -> Text:
    spec = library.spec(ModuleSpec, "module", module_key)
    return library.words("module", module_key, language()).text("module.yml:title", spec.title)


def _reason(library: Library, blocked: RuleBroken) -> str:
    return sentence(RuleBroken(blocked.code, title=_title_of(library, str(blocked.values["module"]))))


def _way_to_prerequisite(library: Library, blocked: RuleBroken) -> Way:
    key = str(blocked.values["module"])
    return Way(_title_of(library, key).text, "", url_for("courses.module", module_key=key), _("Go to this module"))


def _way(module_key: str, step: NextStep, lessons: Sequence[tuple[LessonSpec, Text]]) -> Way:
    """Return the large button for the next step, in words."""
    href = _href(module_key, step)
    if step.kind == "lesson":
        text = lessons[step.position - 1][1]
        note = _(
            "Lesson %(number)s of %(total)s, about %(time)s",
            number=step.position,
            total=step.total,
            time=format_hours(step.minutes),
        )
        label = _("Begin") if step.position == 1 else _("Go on")
        return Way(text.text, note, href, label, text.english if _both() else None)
    if step.kind == "quiz":
        label = {"open": _("Go on with the quiz"), "failed": _("Try the quiz again")}.get(step.quiz, _("To the quiz"))
        return Way(_("Quiz"), _("About %(time)s", time=format_hours(max(step.minutes, 1))), href, label)
    if step.kind == "survey":
        return Way(_("Tell us what you think"), _("A few short questions. Nobody sees your name."), href, _("Begin"))
    return Way(_("You have finished this module"), "", url_for("home.learn"), _("See what comes next"))


def _steps(
    module_key: str, lessons: Sequence[tuple[LessonSpec, Text]], progress: ModuleProgress, step: NextStep
) -> list[Step]:
    """Return every step of the module with its state."""

    def state(*, done: bool, current: bool) -> str:
        return "done" if done else "current" if current else "todo"

    steps = [
        Step(
            label=text.text,
            label_en=text.english if _both() else None,
            state=state(done=each.key in progress.finished, current=each.key == step.lesson_key),
            href=url_for("courses.lesson", module_key=module_key, lesson_key=each.key),
            note=format_hours(each.minutes),
        )
        for each, text in lessons
    ]
    if progress.quiz != "none":
        quiz_state = state(done=progress.quiz == "passed", current=step.kind == "quiz")
        steps.append(Step(_("Quiz"), quiz_state, url_for("assessments.quiz", module_key=module_key)))
    if progress.has_survey:
        survey_state = state(done=progress.surveyed, current=step.kind == "survey")
        steps.append(Step(_("Feedback"), survey_state, url_for("surveys.module_survey", module_key=module_key)))
    return steps


def _lesson_page(library: Library, module_key: str, lesson_key: str) -> str:
    spec = library.spec(ModuleSpec, "module", module_key)
    place = next((n for n, each in enumerate(spec.lessons, 1) if each.key == lesson_key), None)
    if place is None:
        raise NotFound(f"no lesson {lesson_key!r} in {module_key}")
    found = spec.lessons[place - 1]
    words = library.words("module", module_key, language())
    finished = queries.finished_in_module(reading(), get_actor().person_id, module_key)
    title, objectives = _head(found, words)
    prose, state = _prose(found, words, both=_both())
    states = [title.state, *(text.state for text in objectives), state]
    return render_template(
        "courses/lesson.html",
        client_id=new_client_id(),
        module_key=module_key,
        module_title=words.text("module.yml:title", spec.title),
        lesson=found,
        title=title,
        objectives=objectives,
        prose=prose,
        place=place,
        total=len(spec.lessons),
        is_finished=lesson_key in finished,
        next_href=_href_after(spec, lesson_key),
        both=_both(),
        state=worst(states),
    )


def _prose(found: LessonSpec, words: Words, *, both: bool) -> tuple[Markup, str]:
    """Return the words of a lesson as one piece of a page, and their worst state; made once for each text."""
    address = (found.markdown, found.key, words.locale, words.sha256, both)

    def build() -> tuple[Markup, str]:
        blocks = render(found.markdown, words, found.key)
        pieces = [_piece(block, words.locale, both=both) for block in blocks]
        return Markup("\n").join(pieces), worst([block.state for block in blocks])

    return _pieces.get(address, build)


def _piece(block: Block, locale: str, *, both: bool) -> Markup:
    """Return one block, with English beneath it where both are asked for."""
    html = block.html
    if block.lang != locale:
        html = Markup('<div lang="{}">{}</div>').format(block.lang, html)
    if both and block.kind == "heading" and block.html != block.html_en:
        html += Markup('<p class="both-en" lang="en">{}</p>').format(block.html_en.striptags())
    elif both and block.html != block.html_en:
        html += Markup('<div class="both-en" lang="en">{}</div>').format(block.html_en)
    return Markup('<div class="{}">{}</div>').format(block.kind, html) if block.kind in CONTAINERS else html


def _head(lesson_spec: LessonSpec, words: Words) -> tuple[Text, list[Text]]:
    """Return the title and the objectives of a lesson in the reader's language."""
    file = f"lessons/{lesson_spec.key}.md"
    objectives = [
        words.text(f"{file}:objectives.{number}", english) for number, english in enumerate(lesson_spec.objectives, 1)
    ]
    return words.text(f"{file}:title", lesson_spec.title), objectives
