"""Links in mails that work without signing in: the address itself is signed, and nobody can make another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from marketplace.core.errors import NotFound


@dataclass(frozen=True)
class SignedLink:
    """A kind of signed link. `purpose` keeps the links of one kind from being read as another's.

    `days` is how long a link works; None means for ever, since people keep mails for years.
    """

    purpose: str
    days: int | None = None

    def token(self, values: Any) -> str:
        """Return the part of the address that carries `values` (plain JSON) and the signature."""
        return str(self._signer().dumps(values))

    def values(self, token: str) -> Any:
        """Return what a link carries. Raises NotFound for one that is forged, damaged or too old."""
        limits = {} if self.days is None else {"max_age": self.days * 24 * 3600}
        try:
            return self._signer().loads(token, **limits)
        except (BadSignature, ValueError, TypeError):
            raise NotFound from None

    def _signer(self) -> Any:
        kind = URLSafeSerializer if self.days is None else URLSafeTimedSerializer
        return kind(current_app.config["SECRET_KEY"], salt=self.purpose)
