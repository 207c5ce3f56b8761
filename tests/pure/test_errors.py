"""Named errors keep message ids and parameters apart."""

from marketplace.core.errors import DomainError, IllegalMove, Invalid, Missing, NotAllowed, NotFound, Stale


def test_the_message_id_is_kept_and_filled_only_for_reading():
    error = Invalid("price", "At most %(limit)s.", limit=5)
    assert (error.field, error.message, error.params) == ("price", "At most %(limit)s.", {"limit": 5})
    assert str(error) == "At most 5."


def test_a_per_cent_sign_without_parameters_is_left_alone():
    assert str(DomainError("Shares must sum to 100 %.")) == "Shares must sum to 100 %."


def test_missing_names_the_fields_in_order():
    error = Missing(["title", "trl"])
    assert error.fields == ["title", "trl"]
    assert str(error) == "Some required information is missing. (title, trl)"


def test_each_kind_has_its_code_and_a_message():
    kinds = [NotAllowed(), IllegalMove("draft"), Stale(), NotFound(), Missing([]), Invalid("", "x")]
    assert len({error.code for error in kinds}) == len(kinds)
    assert all(error.message for error in kinds)
    assert IllegalMove("draft").label == "draft"
