"""The blueprint that the views of this package share."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("accounts", __name__)
