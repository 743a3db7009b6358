"""From the bytes of an answer to the text of a page, with a bound on both."""

import codecs
import re
import zlib
from collections.abc import AsyncIterable
from typing import Final

from ambient_agent.website.errors import WebsiteTooLargeError, WebsiteUnreadableError

ENCODINGS: Final = "gzip, identity"
"""What we ask for: encodings that can be undone piece by piece within a bound."""
_CHARSETS: Final = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "koi8-r", "koi8-u", "mac-roman"}
    | {"gbk", "gb18030", "gb2312", "big5", "euc_jp", "shift_jis", "iso2022_jp", "euc_kr"}
    | {f"cp{number}" for number in (866, 874, *range(1250, 1259))}
    | {f"iso8859-{number}" for number in range(1, 17)}
)
"""The codecs of https://encoding.spec.whatwg.org, and none of Python's stranger ones."""
_META: Final = re.compile(
    rb"<meta[^>]{0,256}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.\-]{1,40})", re.IGNORECASE
)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


async def read_body(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """Read an answer's body, counting its bytes as they arrive and as they are unpacked.

    Args:
        chunks: The body as it comes off the wire.
        encoding: The Content-Encoding header.
        limit: The most bytes that either may have.

    Raises:
        WebsiteTooLargeError: One of them has more; no more than one byte over the limit is kept.
        WebsiteUnreadableError: The encoding is not one that was asked for, or is broken.
    """
    packed = encoding.strip().lower()
    if packed not in {"", "identity", "gzip", "x-gzip"}:
        raise WebsiteUnreadableError(f"the page comes packed as {packed[:40]!r}, not as asked for")
    inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS) if "gzip" in packed else None
    body = bytearray()
    arrived = 0
    async for chunk in chunks:
        arrived += len(chunk)
        body += _inflated(inflate, chunk, limit + 1 - len(body)) if inflate else chunk
        if max(arrived, len(body)) > limit:
            raise WebsiteTooLargeError(f"the page is larger than {limit // 1024} KiB")
    if inflate and body and not inflate.eof:
        raise WebsiteUnreadableError("the page's gzip stream ends in the middle")
    return bytes(body)


def _inflated(inflate: "zlib._Decompress", chunk: bytes, room: int) -> bytes:
    try:
        return inflate.decompress(chunk, max(room, 1))
    except zlib.error as error:
        raise WebsiteUnreadableError("the page's gzip stream is broken") from error


def decode(body: bytes, declared: str | None) -> str:
    """Turn a page's bytes into text, as a browser would choose its character set.

    Args:
        body: The page.
        declared: The charset of the Content-Type header.
    """
    mark = next((name for sign, name in _MARKS if body.startswith(sign)), None)
    meta = _META.search(body[:1024])
    named = mark or _codec(declared) or _codec(meta[1].decode("ascii") if meta else None)
    if named is not None:
        return body.decode(named, errors="replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _codec(label: str | None) -> str | None:
    """Return Python's name of a character set, or None where it is unknown.

    Latin 1 and ASCII mean windows-1252 on the web: https://encoding.spec.whatwg.org/#names-and-labels
    """
    if not label:
        return None
    try:
        name = codecs.lookup(label.strip(" \"'")).name
    except (LookupError, ValueError):
        return None
    if name in {"ascii", "iso8859-1"}:
        return "cp1252"
    return name if name in _CHARSETS else None
