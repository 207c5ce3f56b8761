"""What notifications are about, and the sentences they are made of. Higher tiers add theirs at the application's start.

A notification stores the key of its sentence, not the sentence: it is read in the reader's language of that day, and
a better wording reaches old notifications too.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.values.text import N_

KEY_LENGTH = 60  # characters of the key of a sentence


@dataclass(frozen=True)
class Topic:
    """What a notification is about. `default` is how it is mailed to who chose nothing.

    `always`: nobody turns its letters off, for whoever has got into an account would do so first.
    """

    code: str
    label: str
    hint: str
    icon: str
    default: str = "each"
    always: bool = False


TOPICS: dict[str, Topic] = {}
MESSAGES: dict[str, str] = {}


def register_topic(topic: Topic) -> None:
    """Add a topic to the preferences and to the inbox's filter."""
    TOPICS[topic.code] = topic


def choosable() -> dict[str, Topic]:
    """Return the topics that people choose about."""
    return {code: topic for code, topic in TOPICS.items() if not topic.always}


def register_message(key: str, message: str) -> None:
    """Add a sentence (message id) with places among `wording.PLACES` or of the notification's own params."""
    if len(key) > KEY_LENGTH:
        raise ValueError(f"{key}: the key of a sentence has at most {KEY_LENGTH} characters")
    MESSAGES[key] = message


for _topic in (
    Topic("interest", N_("Interest and answers"), N_("Somebody is interested, accepts, asks or declines."), "send"),
    Topic("messages", N_("Messages"), N_("New messages in your conversations."), "chat-left-text"),
    Topic("terms", N_("Terms"), N_("Terms proposed, accepted or declined."), "journal-check"),
    Topic("deals", N_("Deals"), N_("Contracts, signatures, delivery, completion and disputes."), "briefcase"),
    Topic("milestones", N_("Milestones"), N_("Milestones delivered, accepted, returned or due."), "calendar-check"),
    Topic("complaints", N_("Complaints"), N_("Complaints opened, answered and settled."), "flag"),
    Topic("enquiries", N_("Questions and invitations"),
          N_("Questions about what you offer or need; invitations to answer."), "envelope"),
    Topic("review", N_("Review and verification"), N_("Decisions about what your organisation submitted."),
          "clipboard-check"),
    Topic("security", N_("Safety of the account"), N_("Several failed sign-ins on your account."), "shield-check",
          always=True),
    Topic("reminders", N_("Reminders"), N_("What needs your confirmation, and deadlines that come near."), "alarm"),
):
    register_topic(_topic)
