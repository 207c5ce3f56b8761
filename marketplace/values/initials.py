"""One or two letters that stand for an organisation where it has no picture: those of its telling word."""

from __future__ import annotations

import re

from marketplace.values.text import fold

#: What a Vietnamese name begins with: the form in law or the kind of body, said by thousands of others too.
_BEGINNINGS = tuple(sorted((fold(text) for text in (
    "Công ty", "Cổ phần", "CP", "TNHH", "Trách nhiệm hữu hạn", "Một thành viên", "MTV", "Hai thành viên",
    "Tập đoàn", "Tổng công ty", "Doanh nghiệp tư nhân", "Hộ kinh doanh", "Hợp tác xã", "Liên hiệp", "Viện",
    "Viện Hàn lâm", "Học viện", "Trường", "Trường Đại học", "Đại học", "Cao đẳng", "Trung tâm", "Bệnh viện", "Sở",
    "Ban", "Ban Quản lý", "Cục", "Chi cục", "Bộ", "Vụ", "Ủy ban nhân dân", "UBND", "Phường", "Xã", "Thành phố",
    "Nhà sáng chế", "Vườn ươm", "Quỹ", "Hội", "Hiệp hội", "Văn phòng", "Phòng thí nghiệm", "Phòng", "Nhà máy",
    "Xí nghiệp", "Chi nhánh", "Ngân hàng",
)), key=len, reverse=True))
#: What is said by many English names.
_ENGLISH = frozenset(
    "the of and for jsc ltd llc co inc corp corporation company limited institute university college centre center "
    "department academy hospital joint stock group vietnam hanoi".split()
)
#: How many colours of marks there are (static/css/records.css).
TONES = 6
_APART = re.compile(r"\([^)]*\)")


def initials(name: str) -> str:
    """Return two letters, or one, or "?" for no name: "Công ty Cổ phần Công nghệ Nước Hồng Giang" → "HG".

    In a Vietnamese name the proper name stands last and each of its syllables has a capital; in an English one it stands
    first.
    """
    words = [word for word in _APART.sub(" ", name).split() if word[0].isalnum()]
    rest = _without_beginnings(words)
    if len(rest) == len(words):
        chosen = [word for word in rest if fold(word) not in _ENGLISH][:2] or rest[:2]
    else:
        chosen = _proper_name(rest) or rest[:2] or words[:1]
    if len(chosen) == 1 and chosen[0].isupper():
        return chosen[0][:2]
    return "".join(word[0] for word in chosen).upper() or "?"


def _without_beginnings(words: list[str]) -> list[str]:
    """Return what is left when the form in law and the kind of body are taken off the front."""
    rest = words
    while rest:
        said = fold(" ".join(rest))
        found = next((one for one in _BEGINNINGS if said == one or said.startswith(f"{one} ")), "")
        if not found:
            break
        rest = rest[len(found.split()):]
    return rest


def _proper_name(words: list[str]) -> list[str]:
    """Return the last two words of the capitals at the end, the city left out; else the first two words with capitals."""
    while len(words) > 2 and [fold(word) for word in words[-2:]] in (["ha", "noi"], ["viet", "nam"]):
        words = words[:-2]
    run = 0
    while run < len(words) and words[-1 - run][0].isupper():
        run += 1
    if run >= 2:
        return words[-2:]
    capitals = [word for word in words if word[0].isupper()]
    return capitals[:2] if len(capitals) > 1 else words[:2]


def tone(letters: str) -> int:
    """Return which of the six colours of marks letters get, always the same."""
    return sum(map(ord, letters)) % TONES
