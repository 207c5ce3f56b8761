"""Shared pieces of the negotiation tests."""

from __future__ import annotations

from tests.negotiation.fixtures import cast, lead

__all__ = ("cast", "lead")
