"""The deployment's master key: everything that is kept encrypted hangs from it."""

import base64
import binascii
import contextlib
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhangfang_core.settings import Settings

KEY_BYTES = 32


class MasterKeyError(RuntimeError):
    """The master key is not 32 bytes, or others on the machine may read it; the message says what to do."""


def master_key(settings: Settings) -> bytes:
    """The 32-byte key from ZHANGFANG_MASTER_KEY (base64), else from ``master.key`` in the data folder, made there once with mode 0600.

    Several processes may start at once: the first one's key stands. Raises MasterKeyError.
    """
    if settings.master_key is not None:
        return _decoded(settings.master_key, "ZHANGFANG_MASTER_KEY")
    path = settings.data_dir / "master.key"
    if not path.exists():
        _make(path)
    if path.stat().st_mode & 0o077:
        raise MasterKeyError(f"{path} may be read by others on this machine: chmod 600 {path}")
    return _decoded(path.read_text("ascii"), str(path))


def derived_key(settings: Settings, purpose: str) -> bytes:
    """A 32-byte key for one purpose (HKDF-SHA256, RFC 5869), so that no two uses share one."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"zhangfang/" + purpose.encode()).derive(master_key(settings))


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise MasterKeyError(f"{where} is not base64") from error
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"{where} must be {KEY_BYTES} bytes in base64, not {len(key)}")
    return key
