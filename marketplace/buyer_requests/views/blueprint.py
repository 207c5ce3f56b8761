"""The blueprint of needs, apart from the modules that fill it."""

from flask import Blueprint

bp = Blueprint("buyer_requests", __name__)
