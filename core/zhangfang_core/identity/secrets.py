"""Secrets of people (TOTP keys), encrypted with AES-256-GCM under a key derived from the deployment's master key."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_sdk.errors import Refusal

_NONCE_BYTES = 12


def seal(secret: str, user: int) -> str:
    """Encrypt for one person: it opens for no other."""
    nonce = os.urandom(_NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + _cipher().encrypt(nonce, secret.encode(), _bound_to(user))).decode()


def unseal(sealed: str, user: int) -> str:
    """Raises Refusal ``second_factor.unreadable`` when it was changed, or was not sealed for this person by this deployment."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return _cipher().decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound_to(user)).decode()
    except (InvalidTag, ValueError) as error:
        raise Refusal("second_factor.unreadable", "动态验证码的设置已失效,请重新设置。", status=409) from error


def _cipher() -> AESGCM:
    return AESGCM(derived_key(read_settings(), "identity.totp"))


def _bound_to(user: int) -> bytes:
    return f"core_user:{user}".encode()
