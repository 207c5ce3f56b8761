"""`make run`: migrate, load demo data on the first start, then serve the web and the worker until Ctrl-C."""

from __future__ import annotations

import ctypes
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from marketplace.browse.indexing import rebuild
from marketplace.core.config import ROOT, Settings
from marketplace.core.config_production import loopback
from marketplace.core.extensions import db
from marketplace.pages.demo import DEMO_ACCOUNTS, DEMO_PASSWORD, load_demo


@click.command("up")
@with_appcontext
def up() -> None:
    """Serve the exchange: web and worker together; Ctrl-C stops both."""
    settings: Settings = current_app.extensions["settings"]
    if not _port_free(settings):
        raise click.ClickException(f"port {settings.port} is in use; choose another: PORT={settings.port + 1} make run")
    started = time.monotonic()
    click.echo("Preparing the database (the first start also makes the demonstration data: about half a minute) ...")
    upgrade()
    if settings.demo:
        _first_start(settings)
    db.session.remove()
    db.engine.dispose()
    _announce(settings, time.monotonic() - started)
    raise SystemExit(_run_both(settings))


def _first_start(settings: Settings) -> None:
    summary = load_demo(settings)
    if summary is None:
        return
    click.echo(f"Demo data: {summary}")
    rebuild()  # so that the first page finds everything; the worker does the rest of the outbox behind it


def _announce(settings: Settings, seconds: float) -> None:
    click.echo(f"\n  {settings.site_name}: {settings.base_url}   (ready in {seconds:.1f} s, Ctrl-C stops)\n")
    if settings.demo:
        click.echo(f"  Demo accounts, password {DEMO_PASSWORD}")
        for label, email in DEMO_ACCOUNTS:
            click.echo(f"    {label:<38} {email}")
        click.echo(f"\n  Mail is kept at {settings.base_url}/mailbox\n")


def _port_free(settings: Settings, port: int | None = None) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, port or settings.port))
        except OSError:
            return False
    return True


def _die_with_parent() -> None:
    """Ask Linux to end a child when we are killed outright; elsewhere Ctrl-C still reaches it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def web_command(application: str, settings: Settings) -> list[str]:
    """Return the command that serves a WSGI application, "module:name"."""
    return [sys.executable, "-m", "gunicorn", application, "--bind", f"{settings.host}:{settings.port}", "--workers",
            os.environ.get("WEB_CONCURRENCY", "2"),
            "--threads", "4", "--worker-tmp-dir", str(settings.data_dir), "--log-level", "warning",
            "--config", str(ROOT / "gunicorn.conf.py")]


@dataclass(frozen=True)
class SandboxCards:
    """Our double of the card provider beside the site: its command, its address, and the keys it shares with the site."""

    command: list[str]
    address: str
    env: dict[str, str]


def sandbox_cards(settings: Settings) -> SandboxCards | None:
    """Return the double that is served with a site in development without keys of its own; None for any other."""
    if settings.environment != "development" or settings.stripe_secret_key or not loopback(settings.host):
        return None
    port = next((one for one in range(settings.port + 1, settings.port + 20) if _port_free(settings, one)), None)
    if port is None:
        return None
    keys = {"STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}", "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
            "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}"}
    webhook = f"http://{settings.host}:{settings.port}/payments/stripe/webhook"
    command = [sys.executable, "-m", "marketplace.payments.cards.sandbox", str(port), webhook]
    return SandboxCards(command, f"http://localhost:{port}", keys)


def _run_both(settings: Settings) -> int:
    env = {**os.environ, "PORT": str(settings.port)}
    web = web_command("wsgi:app", settings)
    work = [sys.executable, "-m", "flask", "--app", "wsgi", "work"]
    commands = {"web": web, "worker": work}
    if cards := sandbox_cards(settings):
        env |= cards.env
        commands["test card provider"] = cards.command
        click.echo(f"  Cards are tried without money; what was paid, disputes and payouts: {cards.address}\n")
    children = [subprocess.Popen(command, cwd=ROOT, env=env, preexec_fn=_die_with_parent)  # noqa: S603
                for command in commands.values()]

    asked: list[int] = []

    def _stop(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        for child in children:
            if child.poll() is None:
                child.terminate()

    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    while all(child.poll() is None for child in children):
        time.sleep(0.2)
    if asked:
        return max(0, *(child.wait(timeout=30) for child in children))
    for name, child in zip(commands, children, strict=True):
        if child.poll() is not None:
            click.echo(f"The {name} ended by itself (code {child.returncode}); everything stops.", err=True)
    _stop(0, None)
    for child in children:
        child.wait(timeout=30)
    return 1


@click.command("reset-data")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def reset_data(yes: bool) -> None:
    """Delete the local database, index, files and spool of DATA_DIR; the next start begins anew."""
    settings: Settings = current_app.extensions["settings"]
    if settings.production:
        raise click.ClickException("not in production")
    if not settings.database_url.startswith("sqlite"):
        raise click.ClickException("DATABASE_URL names a server: drop and create that database yourself")
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete everything in {settings.data_dir}?", abort=True)
    with worker_lock(settings.data_dir) as free:
        if not free:
            raise click.ClickException("the exchange is running; stop it first")
    db.engine.dispose()
    for path in settings.data_dir.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    click.echo(f"{settings.data_dir} is empty; `make run` starts over")


class worker_lock:
    """Holds the one worker's place in a data folder; false when another process has it.

    The embedded index has one writer, so a second worker on the same folder would only fight with the first.
    """

    def __init__(self, data_dir: Path) -> None:
        """Remember the lock file."""
        self.path = data_dir / "worker.lock"

    def __enter__(self) -> bool:
        self.handle = self.path.open("w")
        try:
            fcntl.flock(self.handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(self, *_error: object) -> None:
        self.handle.close()
