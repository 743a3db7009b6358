"""Which websites a session may be sent to: the public internet over http and https, no more.

What can be said of a URL without looking up its name is said here, at admission; the agent checks
every address that a name resolves to when it connects.
"""

import ipaddress
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import SplitResult, urlsplit

from pydantic import Field

from ambient_contracts.model import Frozen

PORTS: Final = {"http": 80, "https": 443}
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
"""A host that ends in a number is an IPv4 address (https://url.spec.whatwg.org/#host-parsing)."""
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_ISATAP: Final = (bytes.fromhex("00005efe"), bytes.fromhex("02005efe"))
"""The middle of an address that ends in an IPv4 address (RFC 5214, 6.1)."""
_GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
"""All that IANA has assigned to global unicast; the rest of IPv6 is something else."""
_DOCUMENTATION: Final = ipaddress.IPv6Network("3fff::/20")
_PLATFORM_HOSTS: Final = frozenset({ipaddress.IPv4Address("168.63.129.16")})
"""Public by their number, and yet a cloud's inside: Azure's WireServer."""


class ForbiddenWebsiteError(ValueError):
    """A website that a session may not visit."""


class WebsiteException(Frozen):
    """A host and port that sessions may visit though it is not public.

    Only a platform administrator can write one: they stand in the ConfigMap `platform` of the
    platform's own namespace.
    """

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(ge=1, le=65535)

    def covers(self, host: str, port: int) -> bool:
        """Whether this exception is for that host and port."""
        return (self.host.lower(), self.port) == (host.lower(), port)


def is_public(address: IPAddress) -> bool:
    """Whether an address is global unicast, and stays so when it is unwrapped.

    IPv4 inside IPv6 (mapped, 6to4, NAT64, Teredo, ISATAP) reaches what the inner address reaches.
    """
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast and address not in _PLATFORM_HOSTS
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.packed[8:12] in _ISATAP and not is_public(last):
        return False
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = last
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    if inner is not None:
        return is_public(inner)
    return address in _GLOBAL_UNICAST and address not in _DOCUMENTATION and address.is_global


def check_website(url: str, exceptions: Iterable[WebsiteException] = ()) -> SplitResult:
    """Return the parts of a URL that a session may visit, as far as the URL alone can tell.

    Raises:
        ForbiddenWebsiteError: With one sentence that says why not.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise ForbiddenWebsiteError(f"the website's URL cannot be read: {error}") from error
    host = parts.hostname
    if parts.scheme not in PORTS or not host:
        raise ForbiddenWebsiteError("a website's URL starts with http:// or https:// and a host")
    if parts.username is not None or parts.password is not None:
        raise ForbiddenWebsiteError("a website's URL holds no user name and no password")
    if any(exception.covers(host, port) for exception in exceptions):
        return parts
    if port not in PORTS.values():
        raise ForbiddenWebsiteError(f"port {port} is not one of the web's (80 and 443)")
    try:
        address = ipaddress.ip_address(host.removesuffix("."))
    except ValueError:
        if _NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
            raise ForbiddenWebsiteError(
                f"{host} is an address in an unusual form; write it as a name or as a.b.c.d"
            ) from None
        return parts
    if not is_public(address):
        raise ForbiddenWebsiteError(f"{host} is not an address of the public internet")
    return parts
