"""Which connections a session's Pod may make: names, and the public web. None may reach it.

The address ranges are those of the IANA special-purpose registries, and the addresses at which
clouds answer with a machine's own credentials:
https://www.iana.org/assignments/iana-ipv4-special-registry
https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from collections.abc import Iterable
from typing import Final

from project_manager.domain.objects.base import Blueprint, Desired, Manifest, Stage

NOT_PUBLIC_V4: Final = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",  # carrier-grade NAT; Alibaba's metadata is 100.100.100.200
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's host, at a public address
    "169.254.0.0/16",  # link-local; the metadata of most clouds is 169.254.169.254
    "172.16.0.0/12",
    "192.0.0.0/24",  # Oracle's metadata is 192.0.0.192
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
)
PUBLIC_V6: Final = "2000::/3"
"""Global unicast: loopback, unique local, link-local, multicast and NAT64 lie outside."""
NOT_PUBLIC_V6: Final = (
    "2001::/23",  # Teredo and other protocols' own
    "2001:db8::/32",
    "2002::/16",  # 6to4 reaches what the IPv4 address inside reaches
    "3fff::/20",
)
_WEB: Final = [{"protocol": "TCP", "port": 80}, {"protocol": "TCP", "port": 443}]


def default_deny(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the policy under which nothing comes in and nothing goes out."""
    yield _policy(blueprint, "default-deny", {"policyTypes": ["Ingress", "Egress"]})


def dns_egress(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the policy that lets Pods ask the cluster's DNS."""
    egress = [
        _dns({"namespaceSelector": _named("kube-system"), "podSelector": _KUBE_DNS}, 53),
        _dns({"namespaceSelector": _named("openshift-dns")}, 5353),
        _dns({"ipBlock": {"cidr": "169.254.20.10/32"}}, 53),  # the node's own DNS cache
    ]
    yield _policy(blueprint, "dns-egress", {"policyTypes": ["Egress"], "egress": egress})


def web_egress(blueprint: Blueprint) -> Iterable[Desired]:
    """Build the policy that lets Pods reach the public web."""
    to = [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(NOT_PUBLIC_V4)}},
        {"ipBlock": {"cidr": PUBLIC_V6, "except": list(NOT_PUBLIC_V6)}},
    ]
    egress = [{"to": to, "ports": _WEB}]
    yield _policy(blueprint, "web-egress", {"policyTypes": ["Egress"], "egress": egress})


_KUBE_DNS: Final = {"matchLabels": {"k8s-app": "kube-dns"}}


def _named(namespace: str) -> Manifest:
    return {"matchLabels": {"kubernetes.io/metadata.name": namespace}}


def _dns(peer: Manifest, port: int) -> Manifest:
    ports = [{"protocol": protocol, "port": port} for protocol in ("UDP", "TCP")]
    return {"to": [peer], "ports": ports}


def _policy(blueprint: Blueprint, name: str, rules: Manifest) -> Desired:
    return Desired(
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": blueprint.metadata(name),
            "spec": {"podSelector": {}, **rules},
        },
        Stage.FOUNDATION,
    )
