"""Which websites a session may be sent to."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ambient_contracts.agent import AgentReport, AgentTask
from ambient_contracts.resources.session import Citation, Result
from ambient_contracts.website import (
    ForbiddenWebsiteError,
    WebsiteException,
    check_website,
    is_public,
)

PRIVATE_NETWORKS = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/4",
    "240.0.0.0/4",
    "::/96",
    "fc00::/7",
    "fe80::/10",
    "fec0::/10",
    "ff00::/8",
    "2001:db8::/32",
    "3fff::/20",
    "64:ff9b:1::/48",
    "100::/64",
    "5f00::/16",
)


def addresses_in(network: str) -> st.SearchStrategy[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    net = ipaddress.ip_network(network)
    return st.integers(int(net.network_address), int(net.broadcast_address)).map(
        type(net.network_address)
    )


private_v4 = st.sampled_from([n for n in PRIVATE_NETWORKS if "." in n]).flatmap(addresses_in)


@given(st.sampled_from(PRIVATE_NETWORKS).flatmap(addresses_in))
def test_no_address_of_an_inner_network_is_public(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    assert not is_public(address)


@given(private_v4)
def test_a_private_address_stays_private_in_every_wrapping(address: ipaddress.IPv4Address) -> None:
    inner = int(address)
    wrapped = (
        0xFFFF << 32 | inner,  # ::ffff:a.b.c.d
        0x64FF9B << 96 | inner,  # 64:ff9b::a.b.c.d
        0x2002 << 112 | inner << 80,  # 2002:ab:cd::
        0x20010000 << 96 | (inner ^ 0xFFFFFFFF),  # Teredo
        0x2A00 << 112 | 0x5EFE << 32 | inner,  # ISATAP
        0x2A00 << 112 | 0x02005EFE << 32 | inner,
    )
    assert not any(is_public(ipaddress.IPv6Address(number)) for number in wrapped)


@pytest.mark.parametrize(
    "text",
    ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"],
)
def test_addresses_of_the_internet_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


def test_a_cloud_s_inside_with_a_public_number_is_not_public() -> None:
    assert not is_public(ipaddress.ip_address("168.63.129.16"))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a?b=c",
        "http://example.com:443/",
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://xn--exmple-cua.com/",
        "https://route66.example/",
    ],
)
def test_a_public_website_may_be_visited(url: str) -> None:
    assert check_website(url).hostname


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.com/", "starts with"),
        ("file:///etc/passwd", "starts with"),
        ("https://", "starts with"),
        ("https://example.com:8443/", "port 8443"),
        ("https://example.com:99999/", "cannot be read"),
        ("https://user:word@example.com/", "no user name"),
        ("http://127.0.0.1/", "not an address of the public internet"),
        ("http://127.0.0.1./", "not an address of the public internet"),
        ("http://[::1]/", "not an address of the public internet"),
        ("http://[::ffff:169.254.169.254]/", "not an address of the public internet"),
        ("http://169.254.169.254/latest/meta-data/", "not an address of the public internet"),
        ("http://2130706433/", "unusual form"),
        ("http://0177.0.0.1/", "unusual form"),
        ("http://0x7f.1/", "unusual form"),
        ("http://127.1/", "unusual form"),
    ],
)
def test_any_other_is_refused_with_a_sentence(url: str, why: str) -> None:
    with pytest.raises(ForbiddenWebsiteError, match=why):
        check_website(url)


def test_an_exception_is_for_one_host_and_one_port() -> None:
    allowed = [WebsiteException(host="Wiki.internal", port=8080)]
    assert check_website("http://wiki.internal:8080/page", allowed).port == 8080
    for url in ("http://wiki.internal:8081/", "http://other.internal:8080/"):
        with pytest.raises(ForbiddenWebsiteError):
            check_website(url, allowed)


def test_a_task_and_a_report_survive_the_way_through_a_container() -> None:
    task = AgentTask(
        project="p",
        session="s",
        prompt="?",
        website_url="https://example.com/",
        timeout_seconds=60,
        website_exceptions=(WebsiteException(host="wiki", port=80),),
    )
    citation = Citation(url="https://example.com/", quote="q", position=3)
    report = AgentReport(
        outcome="succeeded", result=Result(agent="extract", answer="a", citations=(citation,))
    )
    assert AgentTask.model_validate_json(task.model_dump_json()) == task
    assert AgentReport.model_validate_json(report.model_dump_json(by_alias=True)) == report
