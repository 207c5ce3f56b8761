"""The blueprint of answers, apart from the modules that fill it."""

from flask import Blueprint

bp = Blueprint("answers", __name__)
