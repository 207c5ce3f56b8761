"""What is known of a mail whatever the server does: never two texts from two workers, never silence about a lost one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask

from marketplace import mail
from marketplace.core import outbox, retention
from marketplace.core.config import Settings
from marketplace.core.events import Outbox
from marketplace.core.extensions import db
from marketplace.core.outbox import drain, work_once
from marketplace.mail import MailMessage, delivery
from marketplace.values import clock


class Server:
    """An SMTP server that does what a test wants at RCPT and at the final dot; keeps what it took."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []  # every text that came whole, whatever was answered
        self.taken: list[bytes] = []
        self.at_rcpt: Callable[[], str] = lambda: "250 OK"
        self.at_end: Callable[[], str] = lambda: "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await asyncio.to_thread(self.at_rcpt)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.seen.append(envelope.original_content)
        answer = await asyncio.to_thread(self.at_end)
        if answer.startswith("250"):
            self.taken.append(envelope.original_content)
        return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    made, port = Server(), free_port()
    controller = Controller(made, hostname="127.0.0.1", port=port)
    controller.start()
    use(ctx, monkeypatch, port)
    yield made
    controller.stop()


def use(ctx: Flask, monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    old: Settings = ctx.extensions["settings"]
    changed = {**old.__dict__, "mail_url": f"smtp://127.0.0.1:{port}"}
    monkeypatch.setitem(ctx.extensions, "settings", Settings(**changed))


def queued(**values: Any) -> MailMessage:
    mail.queue("cause:1", "an@example.vn", "Có tin mới", "Nội dung\n.một dòng có dấu chấm\n", **values)
    db.session.commit()
    message = db.session.query(MailMessage).one()
    db.session.commit()  # on SQLite an open transaction would keep a worker waiting
    return message


def again(message: MailMessage) -> MailMessage:
    db.session.rollback()
    found = db.session.get_one(MailMessage, message.id, populate_existing=True)
    db.session.commit()
    return found


def test_an_answered_mail_is_sent_and_its_text_is_whole(ctx: Flask, server: Server) -> None:
    message = queued(repeatable=False)
    drain()
    assert (again(message).state, message.attempts) == ("sent", 1)
    assert message.sent_at and message.handed_at and message.sent_at >= message.handed_at
    assert b"\r\n.m=E1=BB=99t" in server.taken[0]


def test_a_silent_server_leaves_a_notification_unknown_and_a_letter_is_sent_again(
    ctx: Flask, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.mail.smtp.LAST", 0.2)
    go_on = threading.Event()
    server.at_end = lambda: "250 OK" if go_on.wait(5) else "451"
    message = queued(repeatable=False)
    mail.queue("cause:2", "binh@example.vn", "Mật khẩu", "x")
    db.session.commit()
    drain()
    assert again(message).state == "unknown"
    assert "no answer" in message.last_error or "timed out" in message.last_error
    go_on.set()
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        drain()
        assert drain() == 0
    assert again(message).state == "unknown", "not sent again by itself"
    assert db.session.query(MailMessage).filter_by(key="cause:2").one().state == "sent"
    ids = [line for text in server.seen for line in text.splitlines() if line.startswith(b"Message-ID")]
    assert (len(ids), len(set(ids))) == (3, 2), "the letter twice, under one Message-ID"


def test_a_refusal_for_good_is_not_repeated_and_one_for_now_is(ctx: Flask, server: Server) -> None:
    server.at_rcpt = lambda: "450 greylisted"
    message = queued(repeatable=False)
    drain()
    assert (again(message).state, message.attempts) == ("queued", 1)
    assert "450 greylisted" in message.last_error
    server.at_rcpt, server.at_end = (lambda: "250 OK"), (lambda: "554 no")
    with time_machine.travel(clock.now() + timedelta(minutes=1)):
        drain()
    assert (again(message).state, message.attempts) == ("failed", 2)
    with time_machine.travel(clock.now() + timedelta(days=3)):
        assert work_once(["mail"]) == 0
    server.at_end = lambda: "250 OK"
    mail.resend(again(message))
    db.session.commit()
    drain()
    assert again(message).state == "sent"
    assert len(server.taken) == 1


def test_a_worker_whose_lease_ran_out_while_the_server_slept_hands_nothing_over(ctx: Flask, server: Server) -> None:
    """Two workers are at RCPT with the same mail; the first to be let on hands it over, the other goes away."""
    asked, go_on = threading.Semaphore(0), threading.Event()

    def slow() -> str:
        asked.release()
        assert go_on.wait(20)
        return "250 OK"

    server.at_rcpt = slow
    message = queued(repeatable=False)

    def work() -> None:
        with ctx.app_context():
            work_once(["mail"])
            db.session.remove()

    threads = [threading.Thread(target=work)]
    threads[0].start()
    assert asked.acquire(timeout=20)
    db.session.query(Outbox).update({"leased_until": None})  # as if it had run out
    db.session.commit()
    threads.append(threading.Thread(target=work))
    threads[1].start()
    assert asked.acquire(timeout=20)
    go_on.set()
    for thread in threads:
        thread.join(timeout=20)
    assert (again(message).state, len(server.taken)) == ("sent", 1)


def test_a_mail_found_handed_over_is_unknown_until_its_sender_says_otherwise(ctx: Flask, server: Server) -> None:
    message = queued(repeatable=False)
    assert delivery._claim(message, "first")
    assert not delivery._claim(message, "second"), "one hand, one text"
    drain()
    assert (again(message).state, server.taken) == ("unknown", [])
    delivery._finish(message, "first", "sent")
    assert again(message).state == "sent", "the slow sender knows better"


def test_a_server_that_is_away_costs_no_mail(ctx: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    use(ctx, monkeypatch, free_port())
    for number in range(3):
        mail.queue(f"cause:{number}", "an@example.vn", "Có tin mới", "x")
    db.session.commit()
    assert drain() == 1, "the others wait, they do not knock one by one"
    with time_machine.travel(clock.now(), tick=False) as traveller:
        for _ in range(60):
            traveller.shift(timedelta(hours=1))
            outbox.work_once(["mail"])
    assert {one.state for one in db.session.query(MailMessage)} == {"queued", "failed"}
    assert db.session.query(MailMessage).filter_by(state="failed").first().last_error.startswith("Connection")


def test_the_link_that_turns_a_topic_off_stays_one_line(ctx: Flask) -> None:
    path = "/unsubscribe/" + "x" * 120
    message = queued(repeatable=False, topic="messages", unsubscribe=path)
    text = delivery.as_bytes(message, "Sàn <no-reply@example.vn>", "https://example.vn").decode()
    assert f"List-Unsubscribe: <https://example.vn{path}>\r\n" in text
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in text


def test_two_workers_share_the_queue_and_nobody_gets_a_mail_twice(ctx: Flask, server: Server) -> None:
    for number in range(40):
        mail.queue(f"cause:{number}", f"nguoi{number}@example.vn", "Có tin mới", "x", repeatable=False)
    db.session.commit()

    def work() -> None:
        with ctx.app_context():
            while work_once(["mail"]):
                pass
            db.session.remove()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    ids = [line for text in server.taken for line in text.splitlines() if line.startswith(b"Message-ID")]
    assert (len(ids), len(set(ids))) == (40, 40)
    assert {one.state for one in db.session.query(MailMessage)} == {"sent"}


def test_a_letter_of_the_account_is_not_kept_once_it_is_sent(ctx: Flask, server: Server) -> None:
    message = queued()
    drain()
    assert again(message).state == "sent" and again(message).body == ""
    assert b"N=E1=BB=99i dung" in server.taken[0]


def test_a_notification_s_text_is_kept_as_long_as_the_setting_says(ctx: Flask, server: Server) -> None:
    message = queued(topic="interest")
    drain()
    assert again(message).state == "sent" and again(message).body


def test_a_letter_that_could_not_be_sent_loses_its_link_when_the_link_is_over(ctx: Flask) -> None:
    letter = queued()
    letter.state = "failed"
    mail.queue("cause:9", "an@example.vn", "Có tin", "Nội dung", topic="interest", state="suppressed")
    db.session.commit()
    with time_machine.travel(clock.now() + timedelta(days=4)):
        while retention.prune():
            db.session.commit()
    told = db.session.query(MailMessage).filter_by(key="cause:9").one()
    assert again(letter).body == "" and told.body
