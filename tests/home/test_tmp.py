from tests.conftest import *
from tests.factories import sign_in
from datetime import date
from lms.db import write, reading
from lms.tracks import service as ts
from lms.clock import now
def test_x(content_app, client, make):
    o=make.organization(); p=make.person("Sēini Kauʻuhila", language="to"); make.employment(p,o)
    write(lambda s: ts.enrol(s,[p.person_id],"first-steps",at=now()))
    sign_in(client,p)
    r=client.get("/learn"); print(r.status_code); 
    h=r.get_data(as_text=True); print(h[h.index("<main"):h.index("</main")])
