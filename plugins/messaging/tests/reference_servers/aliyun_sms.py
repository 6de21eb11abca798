"""Alibaba Cloud's SendSms as its documents tell it, on this machine; shares no code with the adapter.

- Signature: V3 版本请求体&签名机制, https://help.aliyun.com/document_detail/2593177.html
- Request and answer: https://help.aliyun.com/document_detail/55284.html (version 2017-05-25)
- Error codes: https://help.aliyun.com/document_detail/101346.html; those of the service come with status 200, the gateway's with 4xx (knowledge)

``ways`` says how the next requests are answered; when it is empty they are answered well. ``sent`` is what was taken over and charged.
"""

import hashlib
import hmac
import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qsl, quote, urlsplit

CLOCK_TOLERANCE_S = 900
GIVEN = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})")
MOBILE = re.compile(r"(?:\+86|0086|86|\+)?1[3-9]\d{9}")
VARIABLE_LENGTH = 35


@dataclass
class AliyunServer:
    """``templates`` are the registered ones with the names of their variables."""

    key_id: str = "LTAIexample00000"
    key_secret: str = "exampleSecretExampleSecret"
    sign: str = "嘉喜代账"
    templates: dict[str, set[str]] = field(
        default_factory=lambda: {"SMS_1": {"code", "minutes"}, "SMS_2": {"text"}, "SMS_3": {"count"}}
    )
    clock_s: float = 0.0
    slow_s: float = 30.0
    answer_s: float = 0.0
    ways: list[str] = field(default_factory=list)
    asked: int = 0
    sent: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    endpoint: str = ""

    def answer(self, headers: dict[str, str], target: str, body: bytes) -> tuple[int, dict[str, str]]:
        """The gateway's checks, then the service's."""
        fault = self._gateway_fault(headers, target, body)
        if fault is not None:
            status, code = fault
            return status, refusal(code)
        asked = dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        code = self._service_fault(asked)
        if code is not None:
            return 200, refusal(code)
        self.sent.append(asked)
        return 200, {"Code": "OK", "Message": "OK", "BizId": f"9006{len(self.sent):011}^0", "RequestId": "F655A8D5"}

    def _service_fault(self, asked: dict[str, str]) -> str | None:
        if asked.get("SignName") != self.sign:
            return "isv.SMS_SIGNATURE_ILLEGAL"
        variables = self.templates.get(asked.get("TemplateCode", ""))
        if variables is None:
            return "isv.SMS_TEMPLATE_ILLEGAL"
        values = json.loads(asked.get("TemplateParam") or "{}")
        if set(values) != variables:
            return "isv.TEMPLATE_MISSING_PARAMETERS"
        if any(len(value) > VARIABLE_LENGTH for value in values.values()):
            return "isv.PARAM_LENGTH_LIMIT"
        return None if MOBILE.fullmatch(asked.get("PhoneNumbers", "")) else "isv.MOBILE_NUMBER_ILLEGAL"

    def _gateway_fault(self, headers: dict[str, str], target: str, body: bytes) -> tuple[int, str] | None:
        given = GIVEN.fullmatch(headers.get("authorization", ""))
        if given is None:
            return 400, "IncompleteSignature"
        key_id, names, signature = given[1], given[2].split(";"), given[3]
        needed = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
        if names != sorted(names) or not needed <= set(names):
            return 400, "IncompleteSignature"
        if (headers["x-acs-action"], headers["x-acs-version"]) != ("SendSms", "2017-05-25"):
            return 404, "InvalidAction.NotFound"
        said = datetime.strptime(headers["x-acs-date"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
        if abs(time.time() + self.clock_s - said) > CLOCK_TOLERANCE_S:
            return 400, "InvalidTimeStamp.Expired"
        if key_id != self.key_id:
            return 404, "InvalidAccessKeyId.NotFound"
        parts = urlsplit(target)
        pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
        query = "&".join("=".join(quote(side, safe="-_.~") for side in pair) for pair in pairs)
        digest = hashlib.sha256(body).hexdigest()
        lines = [f"{name}:{headers[name].strip()}" for name in names]
        canonical = "\n".join(["POST", parts.path or "/", query, *lines, "", ";".join(names), digest])
        signed = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        right = hmac.new(self.key_secret.encode(), signed.encode(), hashlib.sha256).hexdigest()
        if headers["x-acs-content-sha256"] != digest or not hmac.compare_digest(right, signature):
            return 400, "SignatureDoesNotMatch"
        if headers["x-acs-signature-nonce"] in self.nonces:
            return 400, "SignatureNonceUsed"
        self.nonces.add(headers["x-acs-signature-nonce"])
        return None


def refusal(code: str) -> dict[str, str]:
    return {"Code": code, "Message": f"{code} happened", "RequestId": "0"}


@contextmanager
def serving(server: AliyunServer) -> Iterator[AliyunServer]:
    """The server at ``server.endpoint`` until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.asked += 1
            way = server.ways.pop(0) if server.ways else "well"
            if way == "cut before":
                return self._cut()
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            if way == "slow":
                time.sleep(server.slow_s)
            status, answer = server.answer({k.lower(): v for k, v in self.headers.items()}, self.path, body)
            time.sleep(server.answer_s)
            if way == "cut after":
                return self._cut()
            if way.startswith("error "):
                status, answer = (200 if way[6:].startswith("is") else 400), refusal(way[6:])
            content = {"broken": b"{", "list": b"[]", "other": b"{}"}.get(way, json.dumps(answer).encode())
            self.send_response(int(way) if way.isdigit() else status)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            return None

        def _cut(self) -> None:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            return None

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.daemon_threads = True
        server.endpoint = f"http://127.0.0.1:{running.server_address[1]}"
        Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            running.shutdown()
