"""Quantities are compared by what they stand for."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_kube import parse_quantity


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", "1000m"),
        (1, "1"),
        (0.5, "500m"),
        ("1Gi", "1024Mi"),
        ("1G", "1e9"),
        ("0.1", ".1"),
        ("1k", "1E3"),
        ("1E", "1000P"),
        ("-1", "-1000m"),
    ],
)
def test_the_same_amount_is_the_same_quantity(one: Any, other: Any) -> None:
    assert parse_quantity(one) == parse_quantity(other) is not None


@pytest.mark.parametrize(
    "value", ["", "one", "1 Gi", "1gi", "1.2.3", True, None, [], "٣", "1e9999"]
)
def test_what_is_no_quantity_is_none(value: Any) -> None:
    assert parse_quantity(value) is None


@given(st.integers(-(10**15), 10**15))
def test_a_thousandth_is_a_thousandth(number: int) -> None:
    assert parse_quantity(f"{number}m") == Decimal(number) / 1000
