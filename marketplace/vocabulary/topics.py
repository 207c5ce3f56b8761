"""Topics: how people look for technologies and needs, in two levels, with the words that tell of them.

They are the exchange's own, not an official classification. A code is the topic's place in addresses (/topics/<code>) and
never changes; the code of a topic of the second level begins with that of the first. `words` are what texts about the
topic say, in both languages: `topic_proposal` proposes topics by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from marketplace.vocabulary import topic_words as words
from marketplace.vocabulary.classification import HANOI_PRIORITY_FIELDS, SCIENCE_FIELDS
from marketplace.vocabulary.terms import Term, Vocabulary


@dataclass(frozen=True)
class Topic(Term):
    """One topic. Fields and priorities stand on the first level, or on the second where only that one belongs to them."""

    words: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()  # codes of SCIENCE_FIELDS that it belongs to, the likeliest first
    priorities: tuple[str, ...] = ()  # codes of HANOI_PRIORITY_FIELDS
    icon: str = ""  # of the first level


def _group(
    code: str, vi: str, en: str, icon: str, fields: str, below: words.Below,
    priorities: tuple[str, ...] = (),
) -> Iterator[Topic]:
    """Yield a topic of the first level and those below it: code, Vietnamese, English, words parted by semicolons."""
    yield Topic(code, vi, en, fields=tuple(fields), priorities=priorities, icon=icon)
    for part, name_vi, name_en, said in below:
        own = tuple(word.strip() for word in said.split(";"))
        yield Topic(f"{code}-{part}", name_vi, name_en, parent=code, words=own, priorities=_OF_PARTS.get(part, ()))


#: Priority fields of Hanoi that belong to one topic of the second level only.
_OF_PARTS = {"digital-care": ("smart_health",), "biotech": ("biomedical",), "fintech": ("fintech",)}

TOPICS = Vocabulary("topics", (
    topic for group in (
        _group("environment", "Môi trường và nước", "Environment and water", "droplet", "21", words.ENVIRONMENT),
        _group("energy", "Năng lượng", "Energy", "lightning-charge", "2", words.ENERGY),
        _group("health", "Y tế và dược", "Health and medicine", "heart", "3", words.HEALTH),
        _group("agriculture", "Nông nghiệp và thực phẩm", "Agriculture and food", "tree", "4", words.AGRICULTURE,
               ("hightech_agriculture",)),
        _group("materials", "Vật liệu và hóa chất", "Materials and chemicals", "layers", "21", words.MATERIALS),
        _group("electronics", "Bán dẫn và điện tử", "Semiconductors and electronics", "cpu", "2", words.ELECTRONICS),
        _group("ai", "Trí tuệ nhân tạo và dữ liệu", "AI and data", "lightbulb", "12", words.AI),
        _group("government", "Chính quyền số", "Digital government", "bank", "52", words.GOVERNMENT),
        _group("urban", "Đô thị và giao thông", "City and transport", "buildings", "2", words.URBAN, ("smart_city",)),
        _group("construction", "Xây dựng và công trình", "Construction", "hammer", "2", words.CONSTRUCTION),
        _group("manufacturing", "Sản xuất và robot", "Manufacturing and robots", "gear", "2", words.MANUFACTURING),
        _group("education", "Giáo dục, văn hóa, du lịch", "Education, culture and tourism", "mortarboard", "56",
               words.EDUCATION, ("smart_education",)),
    ) for topic in group
), source="The exchange's own, made from what technologies and needs of the city are about")

#: Topics that one thing may stand under.
MOST_TOPICS = 5


def topic(code: str) -> Topic | None:
    """Return the topic of a code, or None."""
    found = TOPICS.get(code)
    return found if isinstance(found, Topic) else None


def top_of(code: str) -> str:
    """Return the code of the first level above a topic, or its own; empty for an unknown code."""
    found = topic(code)
    return (found.parent or found.code) if found else ""


def with_tops(codes: Iterable[str]) -> list[str]:
    """Return known codes with those of their first level before them, each once."""
    return list(dict.fromkeys(one for code in codes if code in TOPICS for one in (top_of(code), code)))


def science_fields_of(codes: Iterable[str]) -> list[str]:
    """Return the codes of the science fields that topics belong to, the likeliest first."""
    tops = (topic(top_of(code)) for code in codes)
    return list(dict.fromkeys(field for one in tops if one for field in one.fields if field in SCIENCE_FIELDS))


def priorities_of(codes: Iterable[str]) -> list[str]:
    """Return the codes of the priority fields of Hanoi that topics belong to."""
    found = (topic(one) for code in codes for one in (code, top_of(code)))
    return list(dict.fromkeys(code for one in found if one for code in one.priorities if code in HANOI_PRIORITY_FIELDS))


def topics_of_science_field(code: str) -> list[str]:
    """Return the topics of the first level that belong to a science field, those that belong to it first of all before."""
    found = [one for one in TOPICS.children() if isinstance(one, Topic) and code in one.fields]
    return [one.code for one in sorted(found, key=lambda one: one.fields.index(code))]


def topics_of_priority(code: str) -> list[str]:
    """Return the topics that belong to a priority field of Hanoi."""
    return [one.code for one in TOPICS if isinstance(one, Topic) and code in one.priorities]
