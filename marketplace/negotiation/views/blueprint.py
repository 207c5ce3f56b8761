"""The blueprint of negotiation, apart from the modules that fill it."""

from flask import Blueprint

bp = Blueprint("negotiation", __name__)
