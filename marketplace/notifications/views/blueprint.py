"""The blueprint of notifications, apart from the modules that fill it."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)
