"""The application object for servers and for `flask --app wsgi`."""

from marketplace import create_app

app = create_app()
