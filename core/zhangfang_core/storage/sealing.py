"""The form of an object at rest: AES-256-GCM in chunks, with a key of its own.

``magic | chunk | chunk | ...``: each chunk is up to CHUNK bytes of the content and a 16-byte tag. The nonce counts chunks and
marks the last one, so that a chunk moved, dropped or cut off is found (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015); a counter is a safe nonce because no two objects share a key. The object's name is
authenticated with every chunk, so that one object cannot stand in for another.
"""

import secrets
from collections.abc import AsyncIterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"ZFOBJ1\r\n"
CHUNK = 256 * 1024
TAG = 16
KEY_BYTES = 32
_NONCE = 12


class Unsealable(Exception):
    """The bytes are not what was sealed: cut off, changed, or of another object or key."""


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def wrap(key: bytes, *, under: bytes, bound_to: str) -> bytes:
    """Encrypt a key; it opens only under the same key with the same words ``bound_to``."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(under).encrypt(nonce, key, bound_to.encode())


def unwrap(wrapped: bytes, *, under: bytes, bound_to: str) -> bytes:
    """Raises Unsealable."""
    try:
        return AESGCM(under).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as error:
        raise Unsealable(bound_to) from error


def sealed_size(size: int) -> int:
    """Bytes at rest for ``size`` bytes of content."""
    chunks = max(1, -(-size // CHUNK))
    return len(MAGIC) + size + chunks * TAG


async def seal(content: AsyncIterator[bytes], key: bytes, name: str) -> AsyncIterator[bytes]:
    """The content as it lies at rest, holding one chunk in memory."""
    cipher, bound, number = AESGCM(key), name.encode(), 0
    yield MAGIC
    held = bytearray()
    async for piece in content:
        held += piece
        # The last chunk is known only once the content ends, so that one is always kept back.
        while len(held) > CHUNK:
            yield cipher.encrypt(_nonce(number, last=False), bytes(held[:CHUNK]), bound)
            del held[:CHUNK]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(held), bound)


async def unseal(stored: AsyncIterator[bytes], key: bytes, name: str) -> AsyncIterator[bytes]:
    """The content again, each piece checked before it is given on; raises Unsealable."""
    cipher, bound, number = AESGCM(key), name.encode(), 0
    held = bytearray()
    opened = False
    try:
        async for piece in stored:
            held += piece
            if not opened and len(held) >= len(MAGIC):
                if held[: len(MAGIC)] != MAGIC:
                    raise Unsealable(name)
                del held[: len(MAGIC)]
                opened = True
            while opened and len(held) > CHUNK + TAG:
                yield cipher.decrypt(_nonce(number, last=False), bytes(held[: CHUNK + TAG]), bound)
                del held[: CHUNK + TAG]
                number += 1
        if not opened:
            raise Unsealable(name)
        yield cipher.decrypt(_nonce(number, last=True), bytes(held), bound)
    except (InvalidTag, ValueError) as error:
        raise Unsealable(name) from error


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_NONCE - 1, "big") + (b"\x01" if last else b"\x00")
