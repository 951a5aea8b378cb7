import json
from tests.home.conftest import *
from tests.factories import sign_in
def main(r):
    h=r.get_data(as_text=True); return h[h.index("<main"):h.index("</main")]
def test_x(content_app, client, make, story):
    "reports.index" in content_app.view_functions or content_app.add_url_rule("/reports","reports.index",lambda: "")
    o=make.organization("Kāinga Lelei"); s=make.supervisor(o,"Rochelle Pennywell")
    ps=[make.person(f"Sēini Kauʻuhila {i}") for i in range(8)]
    for p in ps: make.employment(p,o)
    a,b,c,d,e,f,g,h=ps
    story.assign(s,o,[a,b],due=-3); story.assign(s,o,[c,d,e],due=20); story.assign(s,o,[f],due=100)
    story.assign(s,o,[a],"core",due=None)
    story.complete(a,"communication"); story.complete(c,"communication","outreach"); story.award(c,until=50)
    story.complete(d,"communication","outreach"); story.award(d)
    sign_in(client,s)
    for url in ("/team","/team?status=late","/team?status=lapsing","/team?status=done","/team?status=none","/team?status=left","/team?q=seini 3&title=Promotora&track=first-steps",f"/team/people/{c.person_public_id}","/record","/learn"):
        with counted() as st:
            r=client.get(url)
        print("=====",url,r.status_code,len(st), len(r.data)); 
        if url in ("/team","/team?status=lapsing") or "people" in url: print(main(r))
    sign_in(client,c)
    for url in ("/learn","/record","/record.json"):
        with counted() as st:
            r=client.get(url)
        print("=====",url,r.status_code,len(st), len(r.data)); 
        print(main(r) if "json" not in url else r.get_data(as_text=True))
    adm=make.person(roles=("administrator",)); sign_in(client,adm)
    with counted() as st: r=client.get("/admin")
    print(len(st), main(r))
