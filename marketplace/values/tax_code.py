"""Vietnamese tax codes: 10 digits, 13 for a branch (both with a check digit), or a 12-digit personal number.

The personal number has no checksum: only its form can be checked, and it is personal data (`masked`).
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.vn import mst

from marketplace.core.errors import DomainError
from marketplace.values.text import N_, normal

Kind = Literal["organisation", "branch", "personal"]
Fault = Literal["empty", "characters", "length", "component", "checksum"]

_DASHES = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SEPARATORS = re.compile(r"[\s.\-]")
_LONGEST_INPUT = 40
_KINDS: dict[int, Kind] = {10: "organisation", 13: "branch", 12: "personal"}
_MESSAGES: dict[Fault, str] = {
    "empty": N_("Enter a tax code."),
    "characters": N_("A tax code has digits only, and a dash before the branch number."),
    "length": N_("A tax code has 10 digits, 13 for a branch, or 12 for a personal identification number."),
    "component": N_("No such tax code is ever issued. Please check the digits."),
    "checksum": N_("The check digit does not fit. Please check the digits."),
}


class TaxCodeError(DomainError):
    """A text is no tax code. `fault` names what is wrong for programs; the message says it to people."""

    code = "tax_code"

    def __init__(self, fault: Fault) -> None:
        """Choose the message of `fault`."""
        super().__init__(_MESSAGES[fault])
        self.fault: Fault = fault


class TaxCode(NamedTuple):
    """A checked code in its standard writing: "0100109106", "0100109106-001" or twelve digits."""

    value: str
    kind: Kind


def normalise(text: str) -> str:
    """Return the bare characters of a code: compatibility forms resolved, spaces, dots and dashes removed."""
    return _SEPARATORS.sub("", _DASHES.sub("-", normal("NFKC", text)))


def parse(text: str) -> TaxCode:
    """Return the code that a person typed or pasted. Raises TaxCodeError when it cannot be one."""
    bare = normalise(text[:_LONGEST_INPUT])
    if not bare:
        raise TaxCodeError("empty")
    if not re.fullmatch(r"[0-9]+", bare):
        raise TaxCodeError("characters")
    kind = _KINDS.get(len(bare))
    if kind is None or len(text) > _LONGEST_INPUT:
        raise TaxCodeError("length")
    if kind == "personal":
        if bare.startswith("000"):
            raise TaxCodeError("component")
        return TaxCode(bare, kind)
    try:
        mst.validate(bare)
    except InvalidChecksum:
        raise TaxCodeError("checksum") from None
    except ValidationError:
        raise TaxCodeError("component") from None
    if bare.startswith("00"):
        raise TaxCodeError("component")
    return TaxCode(mst.format(bare), kind)


def is_valid(text: str) -> bool:
    """Tell whether `text` is a tax code."""
    try:
        parse(text)
    except TaxCodeError:
        return False
    return True


def masked(value: str) -> str:
    """Return a personal number with all but its last three digits hidden; other codes are public and stay whole."""
    bare = normalise(value)
    return "•" * 9 + bare[-3:] if len(bare) == 12 else value
