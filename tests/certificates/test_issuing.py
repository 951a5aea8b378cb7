from __future__ import annotations

from tests.certificates.story import *

def test_story(content_app, make):
    w,c=certify(content_app, make, language="to")
    from lms.certificates import queries
    k=queries.find_known(reading(), award_of(w).serial)
    print(k)
