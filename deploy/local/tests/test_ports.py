"""Ports are the well-known ones where they are free, and stay the same for a home."""

import socket
from collections.abc import Iterator

import pytest

from ambient_local import Component, ports
from ambient_local.components import PREFERRED_PORTS


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_well_known_ports_are_taken_where_they_are_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _port: True)

    assert ports.choose({}, running=(), preferred=True) == PREFERRED_PORTS


def test_a_well_known_port_that_somebody_has_is_left_to_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ports, "is_free", lambda port: port != 8080)

    chosen = ports.choose({}, running=(), preferred=True)

    assert chosen[Component.GATEWAY] not in {8080, *PREFERRED_PORTS.values()}
    assert chosen[Component.PROJECTS] == 8081


def test_ports_are_kept_from_one_start_to_the_next() -> None:
    first = ports.choose({}, running=(), preferred=False)

    assert ports.choose(first, running=(), preferred=True) == first


def test_a_component_that_runs_keeps_the_port_it_listens_on(taken: int) -> None:
    kept = {**ports.choose({}, running=(), preferred=False), Component.NATS: taken}

    chosen = ports.choose(kept, running={Component.NATS}, preferred=True)

    assert chosen[Component.NATS] == taken


def test_a_kept_port_that_somebody_has_taken_meanwhile_is_given_up(taken: int) -> None:
    kept = {**ports.choose({}, running=(), preferred=False), Component.NATS: taken}

    assert ports.choose(kept, running=(), preferred=True)[Component.NATS] != taken


def test_no_two_components_get_the_same_port() -> None:
    chosen = ports.choose({}, running=(), preferred=False)

    assert len(set(chosen.values())) == len(Component)
