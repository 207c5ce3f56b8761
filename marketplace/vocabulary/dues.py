"""What the parties of a deal owe each other: when a milestone is paid."""

from __future__ import annotations

from marketplace.vocabulary.terms import Term, Vocabulary

PAY_WHENS = Vocabulary("pay_whens", (
    Term("accepted", "Khi nghiệm thu mốc", "When the milestone is accepted"),
    Term("on_date", "Vào ngày đến hạn", "On the day it is due"),
))
