"""Mail: queued with its cause, sent by the worker to a real SMTP peer, never twice for one cause."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.header import decode_header, make_header
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask

from marketplace import mail
from marketplace.core.config import Settings
from marketplace.core.extensions import db
from marketplace.core.outbox import drain


class Sink:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def sink(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    old: Settings = ctx.extensions["settings"]
    changed = {**old.__dict__, "mail_url": f"smtp://127.0.0.1:{port}"}
    monkeypatch.setitem(ctx.extensions, "settings", Settings(**changed))
    yield made
    controller.stop()


def test_a_mail_arrives_once_with_its_letters_right(ctx: Flask, sink: Sink) -> None:
    mail.queue("cause:1:an@example.vn", "an@example.vn", "Hồ sơ đã được duyệt", "Kính gửi chị Nguyễn Thị Bưởi.")
    mail.queue("cause:1:an@example.vn", "an@example.vn", "Hồ sơ đã được duyệt", "lần hai")
    db.session.commit()
    drain()
    drain()
    assert len(sink.mails) == 1
    recipients, message = sink.mails[0]
    assert recipients == ["an@example.vn"]
    assert str(make_header(decode_header(message["Subject"]))) == "Hồ sơ đã được duyệt"
    assert "Nguyễn Thị Bưởi" in message.get_payload(decode=True).decode()


def test_a_mail_of_a_rolled_back_change_is_never_sent(ctx: Flask, sink: Sink) -> None:
    mail.queue("cause:2", "an@example.vn", "Không", "gửi")
    db.session.rollback()
    drain()
    assert sink.mails == []


def test_a_subject_cannot_smuggle_a_header(ctx: Flask, sink: Sink) -> None:
    mail.queue("cause:3", "an@example.vn", "Một\nBcc: moi@example.vn", "x")
    db.session.commit()
    drain()
    assert sink.mails[0][1]["Bcc"] is None


def test_without_smtp_it_lands_in_the_local_mailbox(ctx: Flask) -> None:
    mail.queue("cause:4", "an@example.vn", "Chào", "x")
    db.session.commit()
    drain()
    assert db.session.query(mail.MailMessage).one().sent_at is not None
