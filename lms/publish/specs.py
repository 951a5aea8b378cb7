"""What each feature's content files look like, told to the pipeline that reads, checks and publishes them."""

from __future__ import annotations

from lms.assessments.specs import QuizSpec
from lms.certificates.specs import CertificateSpec
from lms.competencies.specs import FrameworkSpec
from lms.content import glossary
from lms.content.glossary import GlossarySpec
from lms.content.shapes import Shape
from lms.courses.specs import LessonFile, ModuleFile, module_faults, spoken_of
from lms.fieldwork.specs import ChecklistSpec
from lms.surveys.specs import SurveySpec
from lms.tracks.specs import TrackSpec

SHAPES = (
    Shape("framework", "frameworks", {"{key}.yml": FrameworkSpec}, offers=("competency", "level")),
    Shape(
        "module",
        "modules",
        {"module.yml": ModuleFile, "lessons/*.md": LessonFile, "quiz.yml": QuizSpec},
        optional=frozenset({"quiz.yml"}),
        faults=module_faults,
        spoken=spoken_of,
    ),
    Shape("survey", "surveys", {"{key}.yml": SurveySpec}),
    Shape("track", "tracks", {"{key}.yml": TrackSpec}),
    Shape("certificate", "certificates", {"{key}.yml": CertificateSpec}),
    Shape(glossary.KIND, glossary.FILE, {"{key}.yml": GlossarySpec}, is_optional=True),
    Shape("checklist", "checklists", {"{key}.yml": ChecklistSpec}, is_optional=True),
)
#: What people are in the middle of: it is retired only when somebody says so.
TAUGHT = {"track", "module"}
FOLDERS = {shape.kind: shape.folder for shape in SHAPES}
