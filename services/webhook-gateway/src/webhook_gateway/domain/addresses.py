"""Which senders count as one, by where they send from."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_SITE_BITS: Final = 64
"""Whoever has one IPv6 address has as a rule all of its /64."""


def network_of(address: str | None) -> str:
    """Return what is counted for an address: itself in IPv4, its /64 in IPv6."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((int(parsed), _SITE_BITS), strict=False))
