"""Which encoding a text file is in: BOM, UTF-8, UTF-16, windows-1258, else what charset-normalizer finds likeliest."""

from __future__ import annotations

import codecs
import unicodedata
from itertools import pairwise
from pathlib import Path

from charset_normalizer import from_bytes

from marketplace.importing.legacy_encodings import legacy_encoding
from marketplace.importing.rows import UnusableFile
from marketplace.values.text import N_

SAMPLE = 512 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VOWELS = frozenset("aeiouyăâêôơư")


def detect_encoding(path: Path) -> str:
    """Return the codec name of a text file. Raises UnusableFile for a binary file."""
    with path.open("rb") as source:
        sample = source.read(SAMPLE)
    for mark, name in _BOMS:
        if sample.startswith(mark):
            return name
    if b"\x00" in sample:
        return _utf16_without_mark(sample)
    if _is_utf8(path):
        return "utf-8"
    if _is_mostly_utf8(sample):
        return "utf-8"
    if _is_typed_for_old_fonts(sample):
        return "cp1252"
    if _is_windows_1258(sample):
        return "cp1258"
    best = from_bytes(sample, cp_exclusion=["cp1258"]).best()
    if best is None:
        raise UnusableFile(N_("The file is not text in any known encoding. Save it as UTF-8 and try again."))
    # Among the Latin code pages a short text decides nothing; the Western one is by far the commonest.
    latin = all(ch < "\u0250" or not ch.isalpha() for ch in sample.decode(best.encoding, errors="ignore"))
    return "cp1252" if latin else best.encoding


def _utf16_without_mark(sample: bytes) -> str:
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) // 8 and min(even, odd) * 20 < max(even, odd):
        return "utf-16-be" if even > odd else "utf-16-le"
    raise UnusableFile(N_("This is not a text file. JSONL, CSV and XLSX can be imported."))


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as source:
            while block := source.read(1 << 20):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(sample: bytes) -> bool:
    """True for UTF-8 with a few damaged places: no other encoding makes so many of its sequences by chance."""
    text = sample.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    whole = sum(ch > "\x7f" for ch in text) - damaged
    return whole >= max(3, 5 * damaged)


def _is_typed_for_old_fonts(sample: bytes) -> bool:
    """True when most lines with letters beyond ASCII are Vietnamese typed for TCVN3 or VNI, which are read as Latin-1."""
    lines = [line for line in sample.decode("cp1252", errors="replace").splitlines() if not line.isascii()]
    return sum(bool(legacy_encoding(line)) for line in lines) * 2 > len(lines) > 0


def _is_windows_1258(sample: bytes) -> bool:
    """True when the text, read as windows-1258, sets its tone marks on vowels as Vietnamese does.

    In Western encodings the same bytes are letters (Ì, Ò, Þ, ì, ò) that mostly follow consonants.
    """
    text = sample.decode("cp1258", errors="ignore").lower()
    marks = sum(text.count(tone) for tone in _TONES)
    if not marks:
        return False
    carried = 0
    for before, after in pairwise(text):
        if after in _TONES and unicodedata.normalize("NFC", before) in _VOWELS:
            carried += 1
    return carried >= 0.95 * marks
