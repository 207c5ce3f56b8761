"""The bank of the demonstration: a statement of sixty lines with something in every queue, and a message that is parked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from marketplace.core.extensions import db
from marketplace.organisations.models import Organisation
from marketplace.pages.demo.money import Money, OneRequest, reference_at_bank
from marketplace.payments.banks import booking
from marketplace.payments.banks.imports import take
from marketplace.payments.banks.lifecycle import PAYOUT
from marketplace.payments.banks.models import BankAccount, StatementLine
from marketplace.payments.banks.queries import held, pay_to
from marketplace.payments.banks.read_line import ReadLine
from marketplace.payments.banks.statement_files import ReadStatement
from marketplace.payments.cards import messages, payouts
from marketplace.payments.cards.gateway import Payout
from marketplace.payments.invoicing.lifecycle import OPEN
from marketplace.payments.invoicing.models import Invoice
from marketplace.payments.invoicing.queries import rest
from marketplace.payments.settlement import refunds
from marketplace.payments.settlement.actions import note_event
from marketplace.payments.settlement.models import BANK, CARD, Payment
from marketplace.values import clock
from marketplace.values.vietqr import reference_of

LINES = 60
_OPENING = 250_000_000  # VND on the account before the first line
_UNDER, _OVER, _LATE, _NAME = 2, 6, 7, 10  # numbers of the requests whose transfers are compared
_GIVEN_BACK = 320_000  # of what was paid too much
_KEPT_BY_PROVIDER = 448_800  # of the card payment, as a charge
_HELD, _IGNORED, _CHARGED = "KHONG GHI NOI DUNG", "CHUYEN NHAM TAI KHOAN", "PHI "
_STRANGE = (
    (3_300_000, "nop tien phi san", "NGUYEN VAN MINH HOA"), (5_500_000, "thanh toan hop dong 12", "CTY TNHH MINH HOA A"),
    (11_000_000, "dat coc", "LE THI MINH HOA"), (990_000, "phi su kien thang nay", ""),
    (2_000_000, _HELD, ""), (750_000, _HELD, "TRAN VAN MINH HOA"), (180_000, _IGNORED, "HO KINH DOANH MINH HOA"),
)
_CHARGES = ((11_000, "PHI QUAN LY TAI KHOAN"), (3_300, "PHI CHUYEN TIEN"), (8_800, "PHI TIN NHAN"))


@dataclass
class Bank:
    """What the bank says of the money that the script has moved."""

    money: Money

    def write(self) -> None:
        """Write the lines of the script, after everything else that moves money."""
        script = self.money.world.script
        script.add(script.day(1, 10), self.card_provider)
        script.add(script.day(1, 11), self.statement)

    def card_provider(self) -> None:
        """Let the card provider pay out what was paid by card, and tell of a payment that nobody knows."""
        paid = db.session.scalars(select(Payment).where(Payment.channel == CARD)).unique().one()
        told = note_event(paid.provider, "evt_minh_hoa_1", messages.PAYOUT_PAID, {"object": {"id": "po_minh_hoa"}})
        unknown = note_event(paid.provider, "evt_minh_hoa_2", "payment_intent.succeeded", {"object": {
            "id": "pi_minh_hoa_khong_ro", "object": "payment_intent", "amount": 1_650_000, "amount_received": 1_650_000,
            "currency": "vnd", "metadata": {}}})
        if told is None or unknown is None:
            raise LookupError("the demonstration is loaded once")
        arrives = clock.today() - timedelta(days=1)
        payouts.book(told, Payout("po_minh_hoa", paid.amount - _KEPT_BY_PROVIDER, "VND", arrives, _KEPT_BY_PROVIDER))
        messages.park(unknown, messages.UNKNOWN)

    def statement(self) -> None:
        """Take the statement, and do with its lines what accountants have come to."""
        account = pay_to()
        if account is None:
            raise LookupError("the account is opened before its statement comes")
        given_back = self._give_back(account)
        found = [*self._told(account), *self._compared(), given_back, *(
            _line(amount, text, who) for amount, text, who in _STRANGE)]
        charges = [_line(-_CHARGES[n % 3][0], f"{_CHARGES[n % 3][1]} {n + 1:02d}") for n in range(LINES - len(found))]
        today, balance, lines = clock.today(), _OPENING, list[ReadLine]()
        undated = [*found, *charges]
        dated = [replace(one, booked_on=min(one.booked_on, today) if one.booked_on.year > 1 else
                         today - timedelta(days=1 + place % 40)) for place, one in enumerate(undated)]
        for place, one in enumerate(sorted(dated, key=lambda line: line.booked_on), 1):
            balance += one.amount
            lines.append(replace(one, place=place, balance=balance, reference=one.reference or f"FT{place:06d}"))
        take(held(account.id), ReadStatement(lines), self.money.accountant)
        for line in db.session.scalars(select(StatementLine).order_by(StatementLine.id)).all():
            self._settle(line)

    def _settle(self, line: StatementLine) -> None:
        accountant = self.money.accountant
        if booking.act(line):
            return
        if line.description == _HELD:
            booking.hold(line, accountant)
        elif line.description == _IGNORED:
            booking.ignore(line, accountant, "Chuyển nhầm, ngân hàng đã báo")
        elif line.description.startswith(_CHARGED) and not line.description.endswith(("01", "02")):
            booking.charge(line, accountant)

    def _told(self, account: BankAccount) -> list[ReadLine]:
        """Return the lines of transfers that the bank has told of by its messages before."""
        rows = select(Payment).where(Payment.channel == BANK, Payment.bank_account_id == account.id).order_by(Payment.id)
        return [ReadLine(0, one.received_on or clock.today(), one.amount, f"{one.code} DA BAO", reference_at_bank(one),
                         _payer(one.org)) for one in db.session.scalars(rows).unique()]

    def _compared(self) -> list[ReadLine]:
        """Return a line for each way in which a transfer can stand to what was asked for, and the payout."""
        under, over, late, name = (self._request(number) for number in (_UNDER, _OVER, _LATE, _NAME))
        last = db.session.scalars(select(Invoice).where(Invoice.state.in_(OPEN)).order_by(Invoice.id.desc()).limit(1)).one()
        paid = db.session.scalars(select(Payment).where(Payment.channel == CARD)).unique().one()
        return [
            _line(rest(last), _asked(last), _payer(last.org)), _line(5_000_000, _asked(under), _payer(under.org)),
            _line(rest(over) + 300_000, _asked(over), _payer(over.org)), _line(late.total, _asked(late), _payer(late.org)),
            _line(rest(name), "thanh toan phi danh gia", _payer(name.org)),
            ReadLine(0, clock.today() - timedelta(days=1), paid.amount - _KEPT_BY_PROVIDER, f"{PAYOUT} CARD 0001"),
        ]

    def _give_back(self, account: BankAccount) -> ReadLine:
        """Give back a part of what was paid too much, and return the line that shows it."""
        payment = next(one.payment for one in self.money.requests if one.story.paid > 100 and not one.story.then)
        if payment is None:
            raise LookupError("a request is paid before a part of it is given back")
        accountant, manager = self.money.accountant, self.money.world.officer("manager@demo.example")
        made = refunds.request(payment, _GIVEN_BACK, "over_payment", "Đơn vị chuyển thừa", accountant)
        refunds.approve(refunds.held(made.id), manager)
        reference = f"FTHOAN{account.id:04d}"
        refunds.send(refunds.held(made.id), accountant, reference)
        return ReadLine(0, clock.today(), -_GIVEN_BACK, f"HOAN TIEN {made.code}", reference, _payer(payment.org))

    def _request(self, number: int) -> Invoice:
        found: OneRequest = self.money.requests[number]
        if found.invoice is None:
            raise LookupError(f"request {number} was not issued")
        return found.invoice


def _line(amount: int, text: str, who: str = "") -> ReadLine:
    """Return a line whose day is still to be found."""
    return ReadLine(0, date.min, amount, text, "", who)


def _asked(invoice: Invoice) -> str:
    return f"{reference_of(str(invoice.code))} thanh toan"


def _payer(org: Organisation) -> str:
    return org.name.upper()


def write_bank(money: Money) -> None:
    """Write what the bank and the card provider say into the script, after the money."""
    Bank(money).write()
