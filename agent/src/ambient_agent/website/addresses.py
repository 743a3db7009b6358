"""From a host's name to the addresses that may be connected to.

A name is looked up once, every address that it has must be public, and the connection goes to an
address that was checked: a name that answers differently the next time changes nothing.
"""

import asyncio
import ipaddress
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress

from ambient_agent.website.errors import WebsiteForbiddenError, WebsiteUnknownError
from ambient_contracts.website import IPAddress, WebsiteException, is_public

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Look up a host for a port. Raises OSError where it has no address."""


async def system_resolver(host: str, port: int) -> Sequence[str]:
    """Ask the machine's own resolver.

    The thread is a daemon, unlike the event loop's own: a look-up that hangs must not keep a
    cancelled session from ending.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[str]] = loop.create_future()

    def settle(found: list[str], error: OSError | None) -> None:
        if answer.done():
            return
        if error is None:
            answer.set_result(found)
        else:
            answer.set_exception(error)

    def look_up() -> None:
        found: list[str] = []
        failure: OSError | None = None
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found = [str(info[4][0]) for info in infos]
        except OSError as error:
            failure = error
        except UnicodeError as error:
            failure = OSError(str(error))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, found, failure)

    threading.Thread(target=look_up, name=f"resolve {host}", daemon=True).start()
    return await answer


async def checked_addresses(
    host: str, port: int, *, resolve: Resolver, exceptions: Iterable[WebsiteException]
) -> tuple[IPAddress, ...]:
    """Return the addresses of a host, once each of them is known to be allowed.

    Raises:
        WebsiteUnknownError: The name has no address.
        WebsiteForbiddenError: One of its addresses is not public, and no exception covers it.
    """
    addresses = await _addresses(host, port, resolve)
    if any(exception.covers(host, port) for exception in exceptions):
        return addresses
    for address in addresses:
        if not is_public(address):
            raise WebsiteForbiddenError(
                f"{host} leads to {address}, which is not an address of the public internet; "
                "a platform administrator can allow it under website-exceptions"
            )
    return addresses


async def _addresses(host: str, port: int, resolve: Resolver) -> tuple[IPAddress, ...]:
    with suppress(ValueError):
        return (ipaddress.ip_address(host),)
    try:
        found = await resolve(host, port)
    except OSError as error:
        raise WebsiteUnknownError(
            f"the name {host} could not be looked up ({error.strerror or error}); "
            "check the website's URL"
        ) from error
    addresses = tuple(dict.fromkeys(ipaddress.ip_address(text.partition("%")[0]) for text in found))
    if not addresses:
        raise WebsiteUnknownError(f"the name {host} has no address; check the website's URL")
    return addresses
