"""MT940. The library that reads it errs silently, so the text is checked before and the sums after.

It reads "3.000.000" as 3, makes one statement of two accounts, and finds nothing in rubbish without a word. So a file is
split at `:20:`, each part must be of the account and have amounts without a dot, and what was read must lead from the
opening to the closing balance.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import mt940

from marketplace.payments.banks.read_line import (
    MOST_LINES,
    NO_LINES,
    NO_SUCH_DAY,
    TOO_MANY_LINES,
    ReadLine,
    is_day_of_books,
    refuse,
)
from marketplace.values import clock
from marketplace.values.text import N_

_LINE = re.compile(r"^:61:\d{6}(?:\d{4})?R?[CD][A-Z]?(?P<amount>[\d.,]+)", re.MULTILINE)
_BALANCE = re.compile(r"^:6[02][FM]:[CD]\d{6}(?P<currency>[A-Z]{3})(?P<amount>[\d.,]+)", re.MULTILINE)
_AMOUNT = re.compile(r"\d+,\d{0,2}")


def read_mt940(text: str, account_no: str) -> list[ReadLine]:
    """Return the lines of a file of one account. Raises Invalid on `file`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    found: list[ReadLine] = []
    count = max(len(re.findall(r"(?m)^:61:", text)), len(re.findall(r"(?m)^:20:", text)))
    if count > MOST_LINES:  # before the library reads them: it takes half a minute for a file full of them
        refuse(TOO_MANY_LINES, found=count, max=MOST_LINES)
    for part in re.split(r"(?m)^(?=:20:)", text)[1:]:
        found += _part(part, account_no, len(found))
    return found


def _part(text: str, account_no: str, before: int) -> list[ReadLine]:
    named = re.findall(r"(?m)^:25:(.*)$", text)
    if len(named) != 1 or _account(named[0]) != account_no:
        refuse(N_("The statement is of the account %(found)s, not of %(account)s."),
               found=", ".join(one.strip()[:40] for one in named) or "–", account=account_no)
    balances = list(_BALANCE.finditer(text))
    raw = list(_LINE.finditer(text))
    for match in (*balances, *raw):
        if not _AMOUNT.fullmatch(match["amount"]):
            refuse(N_("The amount “%(text)s” is not written as MT940 demands (digits and a comma)."),
                   text=match["amount"][:40])
    if currencies := {match["currency"] for match in balances} - {"VND"}:
        refuse(N_("The statement is in %(currency)s; only VND is taken."), currency=", ".join(sorted(currencies)))
    if len(raw) != len(re.findall(r"(?m)^:61:", text)):
        refuse(N_("A line of the statement cannot be read; nothing was taken."))
    return _checked(_parsed(text), len(raw), before)


def _account(named: str) -> str:
    last = named.strip().rpartition("/")[2].replace(" ", "")
    return last.removesuffix("VND")


def _parsed(text: str) -> Any:
    try:
        return mt940.parse(text)
    except Exception as error:  # the library raises what it happens upon
        refuse(N_("A line of the statement cannot be read; nothing was taken. (%(why)s)"), why=type(error).__name__)


def _checked(parsed: Any, wanted: int, before: int) -> list[ReadLine]:
    rows = [one for one in parsed if one.data.get("amount") is not None]
    opening = parsed.data.get("final_opening_balance") or parsed.data.get("intermediate_opening_balance")
    closing = parsed.data.get("final_closing_balance") or parsed.data.get("intermediate_closing_balance")
    if opening is None or closing is None or len(rows) != wanted:
        refuse(N_("A line of the statement cannot be read; nothing was taken.") if rows else NO_LINES)
    balance, lines = _whole(opening.amount.amount), list[ReadLine]()
    for place, row in enumerate(rows, before + 1):
        said = row.data
        amount = abs(_whole(said["amount"].amount)) * (1 if said["status"] in {"C", "RD"} else -1)
        balance += amount
        if amount:
            reference = next((one for one in (said.get("bank_reference"), said.get("customer_reference")) if one), "")
            text = "".join(str(said.get("transaction_details") or "").split("\n"))
            text = " ".join(text.split())
            if not is_day_of_books(day := _day(said["date"])):
                refuse(NO_SUCH_DAY, row=place, text=clock.format_date(day))
            lines.append(ReadLine(place, day, amount, text, str(reference)[:100], "", balance))
    if balance != _whole(closing.amount.amount):
        refuse(N_("Opening balance and lines do not lead to the closing balance (%(found)s instead of %(closing)s); nothing"
                  " was taken."), found=balance, closing=_whole(closing.amount.amount))
    return lines


def _whole(amount: Decimal) -> int:
    if amount != int(amount):
        refuse(N_("The amount “%(text)s” is no whole number of đồng."), text=str(amount))
    return int(amount)


def _day(value: Any) -> date:
    return date(value.year, value.month, value.day)
