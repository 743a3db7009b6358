"""The NATS server's configuration: JetStream, and what each identity may do."""

import json
from pathlib import Path

from ambient_contracts.streams import OBSERVER, OPERATIONS, STREAM, inbox_of, permissions_of
from ambient_contracts.subjects import ROOT, Source

_HEAD = """\
# Generated from ambient_contracts.streams by `make generate`. Do not edit.
#
# Started as: nats-server -c nats-server.conf, with these variables in the environment:
#   NATS_HOST, NATS_PORT, NATS_STORE (a folder), and a password for each identity:
#   {variables}

server_name: ambient
host: $NATS_HOST
port: $NATS_PORT
max_payload: {max_payload}

jetstream {{
  store_dir: $NATS_STORE
  # An acknowledged event survives a power cut: each is on the disk before its ack.
  sync_interval: always
  max_memory_store: 64MiB
  max_file_store: {max_file_store}
}}

authorization {{
  users = [
"""


def files() -> dict[Path, str]:
    """Return the configuration."""
    users = [*(str(source) for source in Source), OPERATIONS, OBSERVER]
    head = _HEAD.format(
        variables=", ".join(_variable(user) for user in users),
        max_payload=STREAM.max_message_bytes,
        max_file_store=STREAM.max_bytes + STREAM.max_bytes // 8,
    )
    body = "".join(_user(user) for user in users)
    return {Path("deploy/nats/nats-server.conf"): f"{head}{body}  ]\n}}\n"}


def _user(name: str) -> str:
    return (
        f"    {{ user: {name}, password: ${_variable(name)}, permissions: {{\n"
        f"{_permissions(name)}"
        "    } }\n"
    )


def _permissions(name: str) -> str:
    inbox = f"{inbox_of(name)}.>"
    if name == OPERATIONS:
        # Makes the stream and its consumers; publishes no event.
        return _lines("publish", ["$JS.API.>"]) + _lines("subscribe", [inbox])
    if name == OBSERVER:
        return _lines("publish", [], deny=[">"]) + _lines("subscribe", [f"{ROOT}.>", inbox])
    allowed = permissions_of(Source(name))
    return _lines("publish", allowed.publish) + _lines("subscribe", allowed.subscribe)


def _lines(verb: str, allow: list[str] | tuple[str, ...], deny: list[str] | None = None) -> str:
    key, subjects = ("deny", deny) if deny else ("allow", list(allow))
    listed = ", ".join(json.dumps(subject) for subject in subjects or [])
    return f"      {verb}: {{ {key}: [{listed}] }}\n"


def _variable(user: str) -> str:
    return f"NATS_{user.upper()}_PASSWORD"
