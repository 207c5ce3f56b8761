"""The blueprint of deals, apart from the modules that fill it."""

from flask import Blueprint

bp = Blueprint("deals", __name__)
