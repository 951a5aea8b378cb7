from tests.home.conftest import *
from lms.home import queries
from lms.db import reading
def test_y(content_app, make, story):
    p=make.person("A B"); o=make.organization(); make.employment(p,o, until=day(-3)); s=make.supervisor(o)
    story.finish_first(p); w=story.award(p); story.share(w,o); story.attempt(p,"outreach",passed=True); story.decide(p,s,"ask")
    print(queries.read_export(reading(), p.person_id))
