"""The least that a Flask page can be, without a query and with one: what `bench.pages` compares with."""

from flask import Flask
from sqlalchemy import create_engine, text

from marketplace.core.config import load_settings

app = Flask(__name__)
_engine = create_engine(load_settings().database_url)


@app.get("/")
def page() -> str:
    return "<!doctype html><title>ok</title>"


@app.get("/query")
def one_query() -> str:
    with _engine.connect() as connection:
        found = connection.execute(text("SELECT code FROM listing WHERE id = :id"), {"id": 7}).scalar_one()
    return f"<!doctype html><title>{found}</title>"
