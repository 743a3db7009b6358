"""Kubernetes quantities, as far as a quota can name them."""

from decimal import Decimal
from typing import Final

_FACTOR: Final = {
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
}


def amount(quantity: object) -> Decimal:
    """Return what a quantity adds up to, in units or bytes."""
    text = str(quantity)
    for suffix, factor in _FACTOR.items():
        if text.endswith(suffix):
            return Decimal(text.removesuffix(suffix)) * factor
    return Decimal(text)


def smaller(one: str, other: str) -> str:
    """Return the smaller of two quantities, as it is written."""
    return min(one, other, key=amount)
