"""Ids that follow from their cause, so that a repeat carries the same id."""

from hashlib import sha256


def derive(*parts: str) -> str:
    """Return 32 hexadecimal digits (128 bits of SHA-256) that stand for exactly these parts.

    Each part is preceded by its length, so that no two different lists of parts meet.
    """
    digest = sha256()
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()[:32]
