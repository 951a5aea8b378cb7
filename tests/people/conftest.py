import pytest


@pytest.fixture(autouse=True)
def _stubs(app):
    def stub():
        return "ok"

    from lms.web.access import signed_in

    signed_in(stub)
    for name in ("home.learn", "home.record", "home.team", "home.admin", "certificates.queue", "reports.index"):
        if name not in app.view_functions:
            app.add_url_rule("/stub/" + name, name, stub)
