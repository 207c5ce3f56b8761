"""The least that a Flask page can be: what `bench.pages` compares with."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return "<!doctype html><title>ok</title>"
