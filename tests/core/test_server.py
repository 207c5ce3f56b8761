"""What the application server says of itself."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.core.config import ROOT
from marketplace.serve import web_command
from tests.conftest import make_settings


@pytest.fixture
def port(tmp_path: Path) -> Iterator[int]:
    """A port on which gunicorn serves, as `make run` starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = web_command("wsgiref.simple_server:demo_app", make_settings(tmp_path, "sqlite://", PORT=str(number)))
    with subprocess.Popen(command, cwd=ROOT) as server:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", number), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
        server.terminate()


def test_no_answer_names_the_server(port: int) -> None:
    for target in ("/", "/" + "x" * 9_000):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", target)
        answer = connection.getresponse()
        assert answer.status in {200, 400, 414}
        assert answer.getheader("Server") is None
        assert answer.status == 200 or b"gunicorn" not in answer.read()
        connection.close()


def test_the_documented_server_reads_the_same_file() -> None:
    told = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert "gunicorn wsgi:app" in told and "--config" not in told  # the file is read from the folder it is started in
    assert (ROOT / "gunicorn.conf.py").is_file()


def test_the_example_of_a_proxy_overwrites_what_a_client_says_of_itself() -> None:
    told = (ROOT / "deploy/nginx.conf.example").read_text(encoding="utf-8")
    for line in ("X-Forwarded-Host $host", "X-Forwarded-For $remote_addr", "X-Forwarded-Proto $scheme"):
        assert line in told
