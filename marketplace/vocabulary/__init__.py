"""Reference data: every code set of the exchange, with names in both languages and sources.

    from marketplace.vocabulary import TRL
    TRL.label("7", "vi"); TRL.choices(locale); "7" in TRL

Data only; `docs/vocabulary.md` is printed from it by `python -m marketplace.vocabulary`. A code set belongs into one of
the modules below, and is known here by its name without another line.
"""

# ruff: noqa: F403 - every public name of these modules is one of this package

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marketplace.vocabulary import (
    amounts,
    classification,
    deals,
    dues,
    fees,
    moderation,
    needs,
    people,
    technology,
    topics,
)
from marketplace.vocabulary.amounts import *
from marketplace.vocabulary.classification import *
from marketplace.vocabulary.deals import *
from marketplace.vocabulary.dues import *
from marketplace.vocabulary.fees import *
from marketplace.vocabulary.moderation import *
from marketplace.vocabulary.needs import *
from marketplace.vocabulary.people import *
from marketplace.vocabulary.technology import *
from marketplace.vocabulary.terms import *
from marketplace.vocabulary.terms import Vocabulary
from marketplace.vocabulary.topics import *

#: Every vocabulary by name, in the order of the documentation: by module, and there as declared.
VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType({
    found.name: found
    for module in (people, classification, topics, technology, needs, moderation, deals, amounts, fees, dues)
    for found in vars(module).values() if isinstance(found, Vocabulary)
})
