"""Entry point of servers: `gunicorn wsgi:app`."""

from lms.app import create_app
from lms.config import Config

app = create_app(Config.from_env())
