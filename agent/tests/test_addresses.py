"""Where a host's name may lead."""

import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_agent.website.addresses import checked_addresses, system_resolver
from ambient_agent.website.errors import WebsiteForbiddenError, WebsiteUnknownError
from ambient_contracts.website import WebsiteException, is_public

addresses = st.ip_addresses().map(str)


class Answers:
    """A resolver that gives the next answer each time it is asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.left = list(answers)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        return self.left.pop(0)


async def allowed(
    found: Sequence[str], host: str = "site.test", *exceptions: WebsiteException
) -> Sequence[str]:
    checked = await checked_addresses(host, 443, resolve=Answers(found), exceptions=exceptions)
    return [str(address) for address in checked]


@given(st.lists(addresses, min_size=1, max_size=4))
async def test_a_name_is_allowed_only_where_every_address_is_public(found: list[str]) -> None:
    if all(is_public(ipaddress.ip_address(text)) for text in found):
        assert set(await allowed(found)) == {str(ipaddress.ip_address(text)) for text in found}
    else:
        with pytest.raises(WebsiteForbiddenError, match="not an address of the public internet"):
            await allowed(found)


async def test_one_private_address_among_public_ones_forbids_the_name() -> None:
    with pytest.raises(WebsiteForbiddenError, match=r"site\.test leads to 10\.0\.0\.7"):
        await allowed(["8.8.8.8", "10.0.0.7"])


async def test_a_link_local_address_is_forbidden_whatever_its_interface() -> None:
    with pytest.raises(WebsiteForbiddenError):
        await allowed(["fe80::1%eth0"])


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f.1", "127.1", "localhost"])
async def test_the_machine_s_resolver_unmasks_other_spellings_of_an_address(host: str) -> None:
    with pytest.raises(WebsiteForbiddenError):
        await checked_addresses(host, 80, resolve=system_resolver, exceptions=())


async def test_an_exception_allows_a_private_address() -> None:
    exception = WebsiteException(host="site.test", port=443)
    assert await allowed(["10.0.0.7"], "site.test", exception) == ["10.0.0.7"]


async def test_a_name_without_an_address_is_unknown() -> None:
    with pytest.raises(WebsiteUnknownError, match="has no address"):
        await allowed([])


async def test_a_name_that_cannot_be_looked_up_is_unknown() -> None:
    with pytest.raises(WebsiteUnknownError, match="could not be looked up"):
        await checked_addresses("a..b", 80, resolve=system_resolver, exceptions=())
