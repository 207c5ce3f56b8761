"""E-mail: queued in the transaction that causes it, sent by the worker. Without SMTP it lands in the local mailbox.

A message is one row keyed by what caused it, so the same cause never queues two. `/mailbox` (development) reads them.
"""

from marketplace.mail.actions import queue, queue_template, rendered, resend
from marketplace.mail.models import SUBJECT, MailMessage

__all__ = ["SUBJECT", "MailMessage", "queue", "queue_template", "rendered", "resend"]
