"""Delays double, are bounded, and are spread."""

from hypothesis import given
from hypothesis import strategies as st

from ambient_kube import Backoff


@given(st.integers(0, 10**6))
def test_a_delay_is_between_half_its_ceiling_and_its_ceiling(failures: int) -> None:
    backoff = Backoff(first=0.1, maximum=30)
    assert backoff.ceiling(failures) / 2 <= backoff.delay(failures) <= backoff.ceiling(failures)
    assert 0.1 <= backoff.ceiling(failures) <= 30


def test_ceilings_double_up_to_the_maximum() -> None:
    backoff = Backoff(first=1, maximum=5)
    assert [backoff.ceiling(failures) for failures in (1, 2, 3, 4, 5)] == [1, 2, 4, 5, 5]


def test_a_server_that_wants_more_time_gets_it() -> None:
    assert Backoff(first=0.1, maximum=1).delay(1, retry_after=7) == 7
