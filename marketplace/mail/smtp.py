"""One mail handed to an SMTP server so that we know as much as can be known about whether it arrived.

The conversation is opened up to the server's "354 go ahead"; only then the caller writes down that it hands the mail
over; then the text goes out with its final dot in one call. Without that dot a server keeps nothing, so a sender that
dies before the note was committed has not sent, and one that dies between the note and the answer does not know.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlsplit

STEP = 20  # seconds for each step up to "go ahead"
LAST = 120  # seconds for the answer after the final dot: many servers check a mail before they take it


class Refused(Exception):
    """The server answered, and did not take the mail; `permanent` when it never will."""

    def __init__(self, code: int, answer: bytes) -> None:
        super().__init__(f"{code} {answer.decode(errors='replace')[:400]}")
        self.permanent = 500 <= code < 600


class Unknown(Exception):
    """The text went out and no answer came back: the server may have taken the mail or not."""


def open_server(url: str) -> smtplib.SMTP:
    """Return a server that has said hello, over TLS and signed in as the address asks.

    Raises what `smtplib` and sockets raise; nothing of any mail has been said then.
    """
    parts = urlsplit(url)
    server = smtplib.SMTP(parts.hostname or "localhost", parts.port or 25, timeout=STEP)
    try:
        if parse_qs(parts.query).get("tls") == ["starttls"]:
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def hand_over(server: smtplib.SMTP, text: bytes, sender: str, recipient: str, note: Callable[[], bool]) -> bool:
    """Give one mail to the server; return False, and give it nothing, when `note()` says that somebody else has it.

    `note` commits that the mail is being handed over now. Raises Refused, Unknown; anything else means that nothing
    was handed over.
    """
    _expect(server.mail(sender, () if recipient.isascii() else ("SMTPUTF8", "BODY=8BITMIME")), 250)
    _expect(server.rcpt(recipient), 250, 251)
    _expect(server.docmd("DATA"), 354)
    if not note():
        server.close()  # without a final dot: a QUIT would be text of the mail
        return False
    try:
        if server.sock is not None:
            server.sock.settimeout(LAST)
        server.send(_dotted(text))
        answer = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        server.close()
        raise Unknown(f"{type(error).__name__}: {error}") from error
    _expect(answer, 250)
    return True


def leave(server: smtplib.SMTP) -> None:
    """Say goodbye, if the server still listens; what was handed over stays so whatever happens here."""
    try:
        if server.sock is not None:
            server.sock.settimeout(2)
            server.quit()
    except (OSError, smtplib.SMTPException):
        pass
    finally:
        server.close()


def _expect(answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise Refused(*answer)


def _dotted(text: bytes) -> bytes:
    """Return the text as it travels: lines that begin with a dot get another, and one alone ends it (RFC 5321 §4.5.2)."""
    lines = text.split(b"\r\n")
    if lines and not lines[-1]:
        lines.pop()
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n.\r\n"
