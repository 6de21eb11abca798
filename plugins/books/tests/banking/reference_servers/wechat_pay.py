"""WeChat Pay's fund statements (APIv3) as its documents tell them, on this machine; shares no code with the adapter.

- Signature: 签名生成, https://pay.weixin.qq.com/wiki/doc/api_external/en/wechatpay/wechatpay4_0.shtml
- 申请资金账单, https://pay.weixin.qq.com/doc/v3/merchant/4012556742; 下载账单 and the error codes,
  https://pay.weixin.qq.com/docs/merchant/apis/combine-payment-identity/bill-download/download-fund-bill.html
- The file: 下载资金账单, https://pay.weixin.qq.com/wiki/doc/api/jsapi.php?chapter=9_18

``ways`` says how the next requests are answered; when it is empty they are answered well.
"""

import base64
import hashlib
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLOCK_TOLERANCE_S = 300
CHINA = timezone(timedelta(hours=8))
PART = re.compile(r'(\w+)="([^"]*)"')
HEAD = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
SUMS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


@dataclass
class Move:
    """One line of the account; ``yuan`` and ``left`` as the file writes them."""

    at: str
    number: str
    name: str
    sign: str
    yuan: str
    left: str
    note: str = ""


@dataclass
class WechatServer:
    mchid: str = "1900000109"
    serial: str = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    moves: list[Move] = field(default_factory=list)
    slow_s: float = 30.0
    ways: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    endpoint: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    def settings(self, serial: str = "", key: rsa.RSAPrivateKey | None = None) -> str:
        pem = (key or self.key).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return f"{self.mchid} {serial or self.serial}\n{pem.decode()}"

    def answer(self, path: str, header: str) -> tuple[int, bytes]:
        """The signature, then the two resources."""
        if not self._signed(path, header):
            return fault(401, "SIGN_ERROR")
        asked = urlsplit(path)
        query = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/v3/bill/fundflowbill":
            return self._bill(query)
        content = self.files.get(query.get("token", "")) if asked.path == "/v3/billdownload/file" else None
        return (200, content) if content is not None else fault(404, "RESOURCE_NOT_EXISTS")

    def _signed(self, path: str, header: str) -> bool:
        scheme, _, rest = header.partition(" ")
        told = dict(PART.findall(rest))
        if scheme != "WECHATPAY2-SHA256-RSA2048" or told.keys() != {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}:
            return False
        if told["mchid"] != self.mchid or told["serial_no"] != self.serial or abs(int(told["timestamp"]) - time.time()) > CLOCK_TOLERANCE_S:
            return False
        message = "".join(f"{line}\n" for line in ("GET", path, told["timestamp"], told["nonce_str"], ""))
        try:
            self.key.public_key().verify(base64.b64decode(told["signature"]), message.encode(), padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature:
            return False
        return True

    def _bill(self, query: dict[str, str]) -> tuple[int, bytes]:
        if query.keys() - {"bill_date", "account_type", "tar_type"} or query.get("account_type", "BASIC") != "BASIC":
            return fault(400, "PARAM_ERROR")
        day, now = date.fromisoformat(query["bill_date"]), datetime.now(CHINA)
        if not now.date() - timedelta(days=92) <= day <= now.date():
            return fault(400, "INVALID_REQUEST")
        if day == now.date():
            return fault(400, "STATEMENT_CREATING")
        moves = [move for move in self.moves if move.at.startswith(query["bill_date"])]
        if not moves:
            return fault(400, "NO_STATEMENT_EXIST")
        content = file_of(moves)
        token = hashlib.sha256(content).hexdigest()
        self.files[token] = content
        url = f"{self.endpoint}/v3/billdownload/file?token={token}"
        digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return 200, json.dumps({"hash_type": "SHA1", "hash_value": digest, "download_url": url}).encode()


def file_of(moves: list[Move]) -> bytes:
    rows = [HEAD]
    for n, move in enumerate(moves):
        cells = (move.at, f"4200{n:024d}", move.number, move.name, move.name, move.sign, move.yuan, move.left, "system", move.note, f"V{n}")
        rows.append(",".join(f"`{cell}" for cell in cells))
    came = [round(float(m.yuan) * 100) for m in moves if m.sign == "收入"]
    went = [round(float(m.yuan) * 100) for m in moves if m.sign == "支出"]
    sums = (f"{len(moves)}.0", f"{len(came)}.0", f"{sum(came) / 100:.2f}", f"{len(went)}.0", f"{sum(went) / 100:.2f}")
    return ("\ufeff" + "\r\n".join([*rows, SUMS, ",".join(f"`{cell}" for cell in sums)]) + "\r\n").encode()


def fault(status: int, code: str) -> tuple[int, bytes]:
    return status, json.dumps({"code": code, "message": "what happened"}).encode()


@contextmanager
def serving(server: WechatServer) -> Iterator[WechatServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            way = server.ways.pop(0) if server.ways else "well"
            if way == "cut before":
                self.hang_up()
                return
            status, content = server.answer(self.path, self.headers.get("authorization", ""))
            if way == "slow":
                time.sleep(server.slow_s)
            if way.startswith("error "):
                _, number, code = way.split(" ")
                status, content = fault(int(number), code)
            content = {"broken": content[: len(content) // 2], "list": b"[]", "other": b"{}", "changed": content + b" "}.get(way, content)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content) + (100 if way == "cut within" else 0)))
            self.end_headers()
            self.wfile.write(content)
            if way == "cut within":
                self.wfile.flush()
                self.hang_up()

        def hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Connections are cut on purpose."""

    http = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    server.endpoint = f"http://127.0.0.1:{http.server_port}"
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
