"""How WeChat Pay APIv3 wants a request signed (WECHATPAY2-SHA256-RSA2048), and merchants' keys as an admin pastes them.

Source: 签名生成, https://pay.weixin.qq.com/doc/v3/merchant/4012365342 (in English
https://pay.weixin.qq.com/wiki/doc/api_external/en/wechatpay/wechatpay4_0.shtml).
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from zhangfang_sdk.vendors import VendorMisset

SCHEME: Final = "WECHATPAY2-SHA256-RSA2048"
_MERCHANT: Final = re.compile(
    r"(?P<mchid>\d{8,12})\s*(?P<serial>[0-9A-Fa-f]{40})\s*-----BEGIN PRIVATE KEY-----(?P<key>[A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----"
)


@dataclass(frozen=True, slots=True)
class Merchant:
    """A 商户号 with the serial number and the private key of its API certificate."""

    mchid: str
    serial: str
    key: RSAPrivateKey = field(repr=False)

    def authorization(self, path: str, *, at: int, nonce: str) -> str:
        """The header of a GET of ``path`` (its query included); ``at`` in seconds since 1970."""
        signed = f"GET\n{path}\n{at}\n{nonce}\n\n".encode()
        signature = base64.b64encode(self.key.sign(signed, PKCS1v15(), SHA256())).decode()
        told = {"mchid": self.mchid, "nonce_str": nonce, "signature": signature, "timestamp": str(at), "serial_no": self.serial}
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in told.items())


def merchants_in(text: str) -> Mapping[str, Merchant]:
    """By 商户号. A field loses line breaks when it is pasted into; a serial number has 40 signs. Raises VendorMisset."""
    found = {}
    for match in _MERCHANT.finditer(text):
        try:
            key = load_der_private_key(base64.b64decode("".join(match["key"].split()), validate=True), None)
        except ValueError:
            key = None
        if not isinstance(key, RSAPrivateKey):
            raise VendorMisset(f"商户号 {match['mchid']} 的私钥读不出来,请粘贴 apiclient_key.pem 的全文。")
        found[match["mchid"]] = Merchant(match["mchid"], match["serial"].upper(), key)
    if not found or len(found) != text.count("BEGIN"):
        raise VendorMisset("每个商户要有商户号、证书序列号和 apiclient_key.pem 的全文三样,按这个次序粘贴。")
    return found
