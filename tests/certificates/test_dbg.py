from tests.certificates.test_service import *
def test_x(worker, certifier):
    story.republish(without=("track", TRACK))
    def f(s):
        l=current(s); print(l.publication_number, {k:l.keys(k) for k in ("track","certificate","module")})
    write(f)
    from lms.content.models import Publication
    print(write(lambda s: s.execute(select(Publication.number, Publication.sha256, Publication.published_at)).all()))
    print(reading().get_bind().url)
