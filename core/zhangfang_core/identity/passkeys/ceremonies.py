"""Asking a browser for a passkey, and looking at its answer (W3C Web Authentication, 7.1 and 7.2).

An answer is JSON in the browser's own form (PublicKeyCredential.toJSON). What is wrong with it is told to nobody: it is no proof.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from zhangfang_core.identity.passkeys import kept
from zhangfang_core.identity.passkeys.challenges import GOOD_FOR, Purpose, give, take
from zhangfang_core.identity.passkeys.kept import Passkey
from zhangfang_core.identity.passkeys.party import RelyingParty, relying_party
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_sdk.errors import Refusal

NAME = "账房"
LONGEST_ANSWER = 20_000
_TIMEOUT_MS = int(GOOD_FOR.total_seconds() * 1000)
_NOT_BASE64URL = re.compile(r"[^A-Za-z0-9_-]")
_UNREADABLE = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
"""What the library and its parsers raise for an answer that is none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``whole`` is the text as it was sent; ``credential`` and ``handle`` are base64url, the last "" where the passkey does not tell."""

    whole: str
    credential: str
    challenge: bytes
    handle: str


async def ask_new(user: int, login: str, name: str, bound_to: str) -> str:
    """Options for ``navigator.credentials.create``; whoever asks has proved the factor that stands. Raises Refusal ``passkey.not_here``."""
    party = _party()
    options = generate_registration_options(
        rp_id=party.id,
        rp_name=NAME,
        user_id=_handle(user),
        user_name=login,
        user_display_name=name,
        challenge=give(Purpose.ADD, bound_to),
        timeout=_TIMEOUT_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_described(await kept.passkeys(user)),
    )
    return options_to_json(options)


async def add(user: int, name: str, text: str, bound_to: str) -> int:
    """Keep the passkey that was made; returns its id. Its challenge is used up.

    Raises Refusal ``passkey.unreadable``, ``passkey.too_many``, ``passkey.taken``, ``passkey.not_here``.
    """
    party, answer = _party(), read(text)
    if answer is None or not await take(answer.challenge, Purpose.ADD, bound_to):
        raise _not_made()
    try:
        made = verify_registration_response(
            credential=answer.whole,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
        )
        response = json.loads(answer.whole)["response"]
    except _UNREADABLE:
        raise _not_made() from None
    told = response.get("transports")
    transports = [each.value for each in AuthenticatorTransport if isinstance(told, list) and each.value in told]
    return await kept.keep(
        user,
        name.strip()[: kept.LONGEST_NAME] or "通行密钥",
        bytes_to_base64url(made.credential_id),
        bytes_to_base64url(made.credential_public_key),
        made.sign_count,
        transports,
    )


async def ask_known(user: int, bound_to: str) -> str:
    """Options for ``navigator.credentials.get``, for one of the person's passkeys as second factor. Raises Refusal ``passkey.not_here``."""
    options = generate_authentication_options(
        rp_id=_party().id,
        challenge=give(Purpose.PROVE, bound_to),
        timeout=_TIMEOUT_MS,
        allow_credentials=_described(await kept.passkeys(user)),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


async def ask_anybody(bound_to: str) -> str:
    """Options for signing in by the passkey alone: it knows its person, and must verify them. Raises Refusal ``passkey.not_here``."""
    options = generate_authentication_options(
        rp_id=_party().id,
        challenge=give(Purpose.SIGN_IN, bound_to),
        timeout=_TIMEOUT_MS,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


async def proves(user: int, text: str, purpose: Purpose, bound_to: str) -> bool:
    """Whether the person (``app.user`` is set) signed what this browser was asked for; used up now, also when it is wrong: commit it.

    For ``Purpose.SIGN_IN`` the passkey must have verified its person. A passkey whose count does not rise may be a copy, and proves nothing.
    """
    party, answer = relying_party(), read(text)
    if party is None or answer is None or not await take(answer.challenge, purpose, bound_to):
        return False
    key = await kept.held(user, answer.credential)
    if key is None or (answer.handle and answer.handle != bytes_to_base64url(_handle(user))):
        return False
    try:
        verified = verify_authentication_response(
            credential=answer.whole,
            expected_challenge=answer.challenge,
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=purpose is Purpose.SIGN_IN,
        )
    except _UNREADABLE:
        return False
    await kept.used(key.id, verified.new_sign_count)
    return True


def read(text: str) -> Answer | None:
    """None for what is no answer of a passkey."""
    if not text.startswith("{") or len(text) > LONGEST_ANSWER:
        return None
    try:
        whole = json.loads(text)
        credential, response = whole["id"], whole["response"]
        about = json.loads(base64url_to_bytes(response["clientDataJSON"]))
        handle = response.get("userHandle") or ""
        challenge = base64url_to_bytes(about["challenge"])
    except (*_UNREADABLE, RecursionError):
        return None
    if not isinstance(credential, str) or not isinstance(handle, str) or _NOT_BASE64URL.search(credential):
        return None
    return Answer(text, credential[:1400], challenge, handle)


def _party() -> RelyingParty:
    party = relying_party()
    if party is None:
        raise Refusal("passkey.not_here", "通行密钥只能在用域名和 https 打开的网址上使用。", status=409)
    return party


def _not_made() -> Refusal:
    return Refusal("passkey.unreadable", "没有收到有效的通行密钥,可能是等得太久了。请再做一次。", status=409)


def _handle(user: int) -> bytes:
    """What the passkey keeps instead of who its person is; it tells nothing outside this deployment."""
    return hmac.new(derived_key(read_settings(), "identity.passkey"), str(user).encode(), hashlib.sha256).digest()


def _described(passkeys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=base64url_to_bytes(key.credential),
            transports=[AuthenticatorTransport(each) for each in key.transports],
        )
        for key in passkeys
    ]
