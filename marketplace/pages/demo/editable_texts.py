"""The operator's texts as templates: one Markdown file per text and language, whose first line is the title."""

from __future__ import annotations

from marketplace.core.access import Actor
from marketplace.pages import texts
from marketplace.pages.demo.content import DATA


def write_texts(actor: Actor) -> int:
    """Write every text that does not exist yet; return how many. Whoever operates the exchange adapts them."""
    written = 0
    for key in texts.KEYS:
        for code in texts.LANGUAGES:
            if texts.exact(key, code) is None:
                heading, _, body = (DATA / "texts" / f"{key}.{code}.md").read_text(encoding="utf-8").partition("\n")
                texts.write(key, code, heading.removeprefix("# "), body.strip(), actor, None)
                written += 1
    return written
