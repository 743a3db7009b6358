import pytest

from webhook_gateway.domain.addresses import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("/run/socket", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_whole_network_of_one_owner_counts_as_one(address: str | None, network: str) -> None:
    assert network_of(address) == network
