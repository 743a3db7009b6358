import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_chassis.errors import GiveUpError, RetryLaterError
from ambient_chassis.policy import BACK_OFF_MAX, DeadLetter, Nack, after_failure, back_off
from ambient_contracts.envelope import MalformedEventError


@pytest.mark.parametrize("error", [GiveUpError("never"), MalformedEventError("no event")])
def test_what_can_never_be_handled_is_a_dead_letter_at_once(error: Exception) -> None:
    assert after_failure(error, deliveries=1, delivery_limit=8) == DeadLetter(str(error))


def test_a_handler_may_say_when_to_try_again() -> None:
    verdict = after_failure(RetryLaterError("busy", after=3.0), deliveries=1, delivery_limit=8)
    assert verdict == Nack(3.0)


def test_a_message_that_waits_for_something_known_waits_as_long_as_it_takes() -> None:
    verdict = after_failure(RetryLaterError("no API server"), deliveries=500, delivery_limit=8)
    assert isinstance(verdict, Nack)


def test_any_other_error_comes_again_until_the_limit() -> None:
    assert isinstance(after_failure(OSError("gone"), deliveries=7, delivery_limit=8), Nack)
    verdict = after_failure(OSError("gone"), deliveries=8, delivery_limit=8)
    assert verdict == DeadLetter("after 8 deliveries: gone")


def test_an_error_without_words_is_named_by_its_type() -> None:
    assert after_failure(GiveUpError(), deliveries=1, delivery_limit=8) == DeadLetter("GiveUpError")


@given(st.integers(min_value=1, max_value=2**31))
def test_the_back_off_is_bounded_however_often_it_failed(attempts: int) -> None:
    assert 0 < back_off(attempts) <= BACK_OFF_MAX
