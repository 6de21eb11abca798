"""A passkey in software, as a phone or a key answers a browser: made and asked with the options that the portal gives."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _ATTESTED = 0x01, 0x04, 0x40


@dataclass(slots=True)
class SoftPasskey:
    """One credential (ES256). ``counts`` False: it always tells 0, as synchronised ones do. ``verifies``: its person unlocks it."""

    origin: str
    counts: bool = True
    verifies: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    handle: str = ""
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def make(self, options: str) -> str:
        """The answer to options for ``navigator.credentials.create``."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"]
        x, y = (n.to_bytes(32, "big") for n in (self._numbers().x, self._numbers().y))
        cose = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        about = self._data(asked["rp"]["id"], _ATTESTED) + bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cose
        made = encode_cbor({"fmt": "none", "attStmt": {}, "authData": about})
        client = self._client("webauthn.create", asked["challenge"])
        return self._told(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "attestationObject": bytes_to_base64url(made),
                "transports": ["internal"],
            }
        )

    def answer(self, options: str, **other: Any) -> str:
        """The answer to options for ``navigator.credentials.get``. ``other``: what it signs instead, ``origin``, ``challenge``, ``rp``."""
        asked = json.loads(options)
        self.count += 1 if self.counts else 0
        data = self._data(other.get("rp", asked["rpId"]), 0)
        client = self._client("webauthn.get", other.get("challenge", asked["challenge"]), other.get("origin"))
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._told(
            {**{name: bytes_to_base64url(value) for name, value in response.items()}, "userHandle": self.handle or None}
        )

    def _numbers(self) -> ec.EllipticCurvePublicNumbers:
        return self._key.public_key().public_numbers()

    def _data(self, rp: str, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0)
        return hashlib.sha256(rp.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client(self, type_: str, challenge: str, origin: str | None = None) -> bytes:
        return json.dumps({"type": type_, "challenge": challenge, "origin": origin or self.origin}).encode()

    def _told(self, response: dict[str, Any]) -> str:
        return json.dumps(
            {
                "id": bytes_to_base64url(self.id),
                "rawId": bytes_to_base64url(self.id),
                "type": "public-key",
                "response": response,
            }
        )
