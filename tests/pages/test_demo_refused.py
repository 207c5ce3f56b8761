"""Where DEMO is off nothing is loaded: everybody knows the password."""

from __future__ import annotations

import pytest
from flask import Flask

from marketplace.core.errors import NotAllowed
from marketplace.pages.demo import load_demo, load_demo_command


def test_it_is_refused_where_demo_is_off(ctx: Flask) -> None:
    with pytest.raises(NotAllowed, match="DEMO"):
        load_demo(ctx.extensions["settings"])
    result = ctx.test_cli_runner().invoke(load_demo_command)
    assert result.exit_code == 1
    assert "DEMO" in result.output
