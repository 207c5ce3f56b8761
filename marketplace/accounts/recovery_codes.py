"""Recovery codes of the second step, kept as password hashes: who reads the database learns none of them.

Twelve hexadecimal digits are 48 bits, too few for a plain digest, so each code is hashed like a password (argon2). They
are therefore shown once, when they are made. Codes that an older release kept encrypted go on working until new ones
replace them.
"""

from __future__ import annotations

import hmac
from typing import cast

from flask_security import UserMixin
from flask_security.proxies import _datastore
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.utils import hash_password, verify_password

from marketplace.accounts.models import User
from marketplace.core.errors import Stale
from marketplace.values.text import N_

_HASHED = "$argon2"


class RecoveryCodes(MfRecoveryCodesUtil):
    """Makes, checks and spends recovery codes that are stored hashed."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Replace a person's codes and return the new ones, which nobody can read again."""
        codes = super().create_recovery_codes(user)  # also puts the person into the session
        cast(User, user).mf_recovery_codes = [hash_password(code) for code in codes]
        return codes

    def get_recovery_codes(self, user: UserMixin) -> list[str]:
        """Return nothing: codes are shown when they are made."""
        return []

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Return True for a code that is still there."""
        return self._place(user, code) is not None

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Spend a code. Raises Stale when another request has spent one since this one looked."""
        place = self._place(user, code)
        if place is None:
            raise Stale(N_("This code was used a moment ago."))
        return bool(_datastore.mf_delete_recovery_code(user, place))

    def _place(self, user: UserMixin, code: str) -> int | None:
        """Return where a code stands among those of a person."""
        typed = code.strip().lower()
        for place, stored in enumerate(cast(User, user).mf_recovery_codes or ()):
            if stored.startswith(_HASHED):
                same = verify_password(typed, stored)
            else:
                same = any(hmac.compare_digest(typed, old) for old in self._decrypt_codes([stored]))
            if same:
                return place
        return None
