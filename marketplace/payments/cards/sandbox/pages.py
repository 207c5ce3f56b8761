"""The double's hosted page and its desk, in plain HTML without scripts: Vietnamese first, English beside it."""

from __future__ import annotations

from html import escape

from marketplace.payments.cards.sandbox.objects import Thing
from marketplace.values.money import format_amount

MARK = "Thẻ thử – không có tiền thật"
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f4f5f7;color:#1c2430}
main{max-width:30rem;margin:1.5rem auto;padding:1.5rem;background:#fff;border-radius:12px;box-shadow:0 1px 4px #0002}
.mark{background:#8a4b00;color:#fff;padding:.5rem 1rem;text-align:center;font-weight:600}
.amount{font-size:1.8rem;font-weight:700;margin:.25rem 0}form{margin:.5rem 0}
button{width:100%;padding:.7rem 1rem;font:inherit;text-align:left;border:1px solid #5b6675;border-radius:8px}
button{background:#fff;color:inherit}button.first{background:#0b4f8a;border-color:#0b4f8a;color:#fff}
button:focus-visible,a:focus-visible{outline:3px solid #f0a500;outline-offset:2px}
small{display:block}.error{border-left:4px solid #b3261e;padding:.25rem .75rem;background:#fdecea}
table{border-collapse:collapse;width:100%}td,th{padding:.35rem;border-bottom:1px solid #ddd;text-align:left}
td form{display:inline}td button{width:auto;padding:.2rem .5rem}
"""
_CHOICES = (
    ("success", "Thanh toán thành công", "Success: 4242 4242 4242 4242"),
    ("decline", "Thẻ bị từ chối", "Decline: 4000 0000 0000 0002"),
    ("threeds", "Cần xác thực 3-D Secure", "3-D Secure: 4000 0025 0000 3155"),
    ("dispute", "Thanh toán rồi chủ thẻ khiếu nại", "Dispute: 4000 0000 0000 0259"),
)
_SECURE = (
    ("threeds_ok", "Xác nhận giao dịch", "Complete authentication"),
    ("threeds_fail", "Từ chối giao dịch", "Fail authentication"),
)
DECLINED = ("Thẻ bị từ chối. Chưa có khoản tiền nào được trừ; hãy chọn cách khác hoặc quay lại. / "
            "The card was declined. Nothing was paid; try again or go back.")


def _document(title: str, body: str, wide: bool = False) -> str:
    width = ' style="max-width:60rem"' if wide else ""
    return (f'<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><style>{_STYLE}</style></head><body>'
            f'<div class="mark">{MARK}<small>Test cards – no real money</small></div>'
            f'<main{width}>{body}</main></body></html>')


def _button(path: str, outcome: str, text: str, note: str, first: bool) -> str:
    look = ' class="first"' if first else ""
    return (f'<form method="post" action="{escape(path)}"><button name="outcome" value="{outcome}"{look}>{escape(text)}'
            f"<small>{escape(note)}</small></button></form>")


def money(amount: int, currency: str) -> str:
    """Return an amount as people write it."""
    return format_amount(amount, currency.upper())


def pay(session: Thing, error: str = "", secure: bool = False) -> str:
    """Return the page on which a card would be entered; `secure` shows the bank's question of 3-D Secure."""
    path = f"/c/pay/{session['id']}"
    said = f'<p class="error" role="alert">{escape(error)}</p>' if error else ""
    choices = _SECURE if secure else _CHOICES
    title = "Xác thực 3-D Secure" if secure else "Thanh toán bằng thẻ"
    buttons = "".join(_button(path, *one, first=number == 0) for number, one in enumerate(choices))
    back = f'<p><a href="{escape(session["cancel_url"] or "#")}">Quay lại sàn / Back to the exchange</a></p>'
    return _document(title, f'<h1>{title}</h1><p>{escape(session["_text"])}</p>'
                     f'<p class="amount">{money(session["amount_total"], session["currency"])}</p>{said}{buttons}{back}')


def over(session: Thing) -> str:
    """Return the page of a session that has ended."""
    back = escape(session["success_url"] if session["status"] == "complete" else session["cancel_url"] or "#")
    said = "đã thanh toán / already paid" if session["status"] == "complete" else "đã hết hạn / has expired"
    link = f'<p><a href="{back}">Quay lại sàn / Back</a></p>'
    return _document("Phiên đã kết thúc", f"<h1>Phiên thanh toán {said}</h1>{link}")


def desk(sessions: list[Thing], disputes: list[Thing]) -> str:
    """Return the double's own desk: what was paid, disputes to decide, a payout."""
    by_intent = {one["payment_intent"]: one for one in disputes}
    rows = [_row(one, by_intent.get(one["payment_intent"] or "")) for one in sessions]
    heads = "<tr><th>Mã / Code</th><th>Số tiền / Amount</th><th>Trạng thái / State</th><th></th></tr>"
    table = f"<table>{heads}{''.join(rows)}</table>" if rows else "<p>Chưa có phiên thanh toán. / No session yet.</p>"
    send = _act("/desk/payouts", "Chuyển số dư về ngân hàng / Pay out the balance")
    return _document("Cổng thẻ thử", f"<h1>Cổng thẻ thử / Test card provider</h1>{table}{send}", wide=True)


def _row(session: Thing, dispute: Thing | None) -> str:
    acts, state = "", str(session["status"])
    if dispute is not None:
        state = f"dispute: {dispute['status']}"
        if dispute["status"] == "needs_response":
            path = f"/desk/disputes/{dispute['id']}"
            acts = _act(f"{path}/won", "Thắng / Won") + _act(f"{path}/lost", "Thua / Lost")
    elif session["status"] == "complete":
        acts = _act(f"/desk/payments/{session['payment_intent']}/dispute", "Khiếu nại / Dispute")
    cells = (escape(session["client_reference_id"] or ""), money(session["amount_total"], session["currency"]),
             escape(state), acts)
    return f"<tr>{''.join(f'<td>{one}</td>' for one in cells)}</tr>"


def _act(path: str, text: str) -> str:
    return f'<form method="post" action="{escape(path)}"><button>{escape(text)}</button></form>'
