"""The form of objects at rest (ARCH-6)."""

from collections.abc import AsyncIterator

import pytest

from zhangfang_core.storage.sealing import (
    CHUNK,
    MAGIC,
    TAG,
    Unsealable,
    new_key,
    seal,
    sealed_size,
    unseal,
    unwrap,
    wrap,
)


async def pieces(content: bytes, size: int = 100_003) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def sealed(content: bytes, key: bytes, name: str = "1/a") -> bytes:
    return b"".join([p async for p in seal(pieces(content), key, name)])


async def opened(stored: bytes, key: bytes, name: str = "1/a") -> bytes:
    return b"".join([p async for p in unseal(pieces(stored), key, name)])


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 17])
async def test_content_comes_back_at_every_boundary(size: int) -> None:
    """ARCH-6"""
    key, content = new_key(), bytes(i % 251 for i in range(size))
    stored = await sealed(content, key)
    assert len(stored) == sealed_size(size)
    assert await opened(stored, key) == content
    assert size < 32 or content[:32] not in stored


async def test_what_was_changed_is_never_given_out() -> None:
    """ARCH-6: bits flipped, chunks swapped, dropped, repeated, cut off at a boundary or inside, another name, another key."""
    key, content = new_key(), b"a" * CHUNK + b"b" * CHUNK + b"c" * 100
    stored = await sealed(content, key)
    head, step = len(MAGIC), CHUNK + TAG
    first, second, last = stored[head : head + step], stored[head + step : head + 2 * step], stored[head + 2 * step :]
    broken = {
        "bit": stored[:-5] + bytes([stored[-5] ^ 1]) + stored[-4:],
        "magic": b"X" + stored[1:],
        "swapped": MAGIC + second + first + last,
        "dropped": MAGIC + first + last,
        "repeated": MAGIC + first + first + second + last,
        "cut at a boundary": MAGIC + first + second,
        "cut inside": stored[:-1],
        "empty": b"",
        "magic alone": MAGIC,
        "longer": stored + b"x",
    }
    for what, bytes_ in broken.items():
        with pytest.raises(Unsealable):
            pytest.fail(f"{what}: {len(await opened(bytes_, key))} bytes came out")
    with pytest.raises(Unsealable):
        await opened(stored, key, "1/b")
    with pytest.raises(Unsealable):
        await opened(stored, new_key())


def test_a_wrapped_key_opens_only_where_it_belongs() -> None:
    """ARCH-6"""
    key, master = new_key(), new_key()
    wrapped = wrap(key, under=master, bound_to="1/a")
    assert unwrap(wrapped, under=master, bound_to="1/a") == key
    assert key not in wrapped
    for under, bound in ((new_key(), "1/a"), (master, "1/b")):
        with pytest.raises(Unsealable):
            unwrap(wrapped, under=under, bound_to=bound)
    with pytest.raises(Unsealable):
        unwrap(b"", under=master, bound_to="1/a")
