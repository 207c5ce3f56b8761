"""What CSS, icons and scripts promise, checked on the files themselves."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"


def declarations(block: str) -> dict[str, str]:
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def themes() -> dict[str, dict[str, str]]:
    tokens = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")
    light = declarations(tokens.split("@media")[0])
    preferred = re.search(r'not\(\[data-theme="light"\]\) \{(.*?)\n  \}', tokens, re.DOTALL)
    chosen = re.search(r':root\[data-theme="dark"\] \{(.*?)\n\}', tokens, re.DOTALL)
    assert preferred and chosen
    return {"light": light, "preferred": declarations(preferred[1]), "chosen": declarations(chosen[1])}


def test_dark_by_preference_and_dark_by_choice_are_the_same() -> None:
    found = themes()
    assert found["preferred"] == found["chosen"], "edit both dark blocks of static/css/tokens.css"


def test_every_text_colour_reads_on_every_surface() -> None:
    found = themes()
    weak = []
    for name, tokens in (("light", found["light"]), ("dark", {**found["light"], **found["chosen"]})):
        pairs = [(ink, ground) for ink in ("ink", "muted", "faint", "blue", "primary", "accent", "green", "amber")
                 for ground in ("paper", "ground")]
        pairs += [("ink", "sunken"), ("muted", "sunken"), ("on-fill", "primary-fill"), ("on-fill", "accent-fill")]
        pairs += [(ink, f"{ink}-tint") for ink in ("primary", "accent", "green", "amber", "blue")]
        pairs += [("ink", "mark"), ("blue", "mark"), ("ink", "added"), ("ink", "removed")]
        for ink, ground in pairs:
            ratio = contrast(tokens[f"--{ink}"], tokens[f"--{ground}"])
            if ratio < 4.5:
                weak.append(f"{name}: {ink} on {ground} {ratio:.2f}")
    assert not weak, weak


def test_every_icon_named_in_a_template_exists() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img" / "icons.svg").read_text(encoding="utf-8")))
    missing = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        named = r"""(?:\bicon\(|"mark": ?|\bmark=|"icon": ?)["']([\w-]+)["']"""
        for name in re.findall(named, path.read_text(encoding="utf-8")):
            if name not in sprite:
                missing.append(f"{path.relative_to(ROOT)}: {name}")
    assert not missing, f"add the symbol to static/img/icons.svg: {missing}"


def test_colours_stand_only_in_the_tokens() -> None:
    wrong = []
    for path in sorted((STATIC / "css").glob("*.css")):
        if path.name in {"tokens.css", "print.css"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(r"#[0-9a-f]{6}\b", line) and "data:image" not in line:
                wrong.append(f"{path.name}:{number}")
    assert not wrong, f"use a variable of tokens.css: {wrong}"


def test_every_stylesheet_and_module_is_used() -> None:
    base = (ROOT / "templates" / "base.html").read_text(encoding="utf-8")
    pages = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    sheets = (STATIC / "css").glob("*.css")
    unused = [path.name for path in sheets if f'"{path.stem}"' not in base and path.name not in pages]
    main = (STATIC / "js" / "main.js").read_text(encoding="utf-8")
    unused += [
        path.name
        for path in (STATIC / "js").glob("*.js")
        if f'"./{path.name}"' not in main and path.name not in base
    ]
    assert not unused
