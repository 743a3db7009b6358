"""What a record adds up to: a small JSON object that names everything in it, and its hash.

`leaf_sha256` is the leaf hash of RFC 6962, section 2.1: a tamper-evident tree over the trail takes
it as it stands in the store, sequence n as leaf n - 1, and needs no payload.
"""

import json
from dataclasses import asdict, replace
from hashlib import sha256
from typing import Final

from audit.domain.record import Record

VERSION: Final = 1
_LEAF_PREFIX: Final = b"\x00"


def leaf_of(record: Record) -> bytes:
    """Return a record's leaf: JSON with sorted keys and no spaces (RFC 8785), in UTF-8."""
    leaf = {
        "v": VERSION,
        "sequence": record.sequence,
        "kind": record.kind,
        "storedAt": record.stored_at,
        "subject": record.subject,
        "headersSha256": None if record.headers is None else _hex(record.headers.encode()),
        "payloadSha256": None if record.payload is None else _hex(record.payload),
        "reason": record.reason,
        "facts": asdict(record.facts),
    }
    return json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(record: Record) -> str:
    """Return the hash of a record's leaf, in hex."""
    return _hex(_LEAF_PREFIX + leaf_of(record))


def sealed(record: Record) -> Record:
    """Return the record with its hash."""
    return replace(record, leaf_sha256=leaf_hash(record))


def is_intact(record: Record) -> bool:
    """Whether a record still is what was sealed."""
    if record.payload is not None and record.payload_sha256 != _hex(record.payload):
        return False
    return record.leaf_sha256 == leaf_hash(record)


def _hex(data: bytes) -> str:
    return sha256(data).hexdigest()
