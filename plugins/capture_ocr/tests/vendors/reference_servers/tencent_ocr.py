"""Tencent Cloud's GeneralAccurateOCR as its documents tell it, on this machine; shares no code with the adapter.

- Signature: 签名方法 v3, https://cloud.tencent.cn/document/product/1108/42544
- Request and answer: https://www.tencentcloud.com/document/product/1005/38268 (version 2018-11-19)
- Error codes: https://tencentcloud.com/document/product/1140/51177 and errorcodes.py of the vendor's SDK; errors come with HTTP status 200

``ways`` says how the next requests are answered; when it is empty they are answered well.
"""

import base64
import binascii
import hashlib
import hmac
import io
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

from PIL import Image, UnidentifiedImageError

LARGEST_BASE64 = 7 * 1024 * 1024
CLOCK_TOLERANCE_S = 300
GIVEN = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>\d{4}-\d\d-\d\d)/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class TencentServer:
    """``page`` are lines of text with their corners as shares of the picture; ``clock_s`` is how far this clock is ahead."""

    secret_id: str = "AKIDexample0000000000"
    secret_key: str = "Gu5t9exampleSecretKey"
    page: list[tuple[str, int, tuple[float, float, float, float]]] = field(
        default_factory=lambda: [
            ("电子发票(普通发票)", 99, (0.3, 0.1, 0.7, 0.16)),
            ("价税合计 ¥100.00", 96, (0.1, 0.8, 0.5, 0.85)),
        ]
    )
    angle: float = 0.0
    clock_s: float = 0.0
    slow_s: float = 30.0
    ways: list[str] = field(default_factory=list)
    asked: int = 0
    pictures: list[tuple[int, int]] = field(default_factory=list)
    endpoint: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> dict[str, object]:
        """The document's checks, in its order: the signature, the action, the parameters, the picture."""
        fault = self._signature_fault(headers, body)
        if fault is not None:
            return error(fault)
        if headers.get("x-tc-action") != "GeneralAccurateOCR" or headers.get("x-tc-version") != "2018-11-19":
            return error("InvalidAction")
        question = json.loads(body)
        encoded = question.get("ImageBase64")
        if not isinstance(encoded, str) or set(question) - {"ImageBase64"}:
            return error("InvalidParameterValue.InvalidParameterValueLimit")
        if len(encoded) > LARGEST_BASE64:
            return error("LimitExceeded.TooLargeFileError")
        try:
            picture = Image.open(io.BytesIO(base64.b64decode(encoded, validate=True))).convert("L")
        except (binascii.Error, UnidentifiedImageError):
            return error("FailedOperation.ImageDecodeFailed")
        self.pictures.append(picture.size)
        darkest, _ = picture.getextrema()
        if int(str(darkest)) > 200:
            return error("FailedOperation.ImageNoText")
        return {"Response": {"TextDetections": [self._line(*line, picture.size) for line in self.page], **self._end()}}

    def _line(
        self, text: str, confidence: int, sides: tuple[float, float, float, float], size: tuple[int, int]
    ) -> dict[str, object]:
        left, top, right, bottom = (round(side * size[i % 2]) for i, side in enumerate(sides))
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return {
            "DetectedText": text,
            "Confidence": confidence,
            "Polygon": [{"X": x, "Y": y} for x, y in corners],
            "AdvancedInfo": '{"Parag":{"ParagNo":1}}',
            "ItemPolygon": {"X": left, "Y": top, "Width": right - left, "Height": bottom - top},
            "Words": [],
            "WordCoordPoint": [],
        }

    def _end(self) -> dict[str, object]:
        return {"Angel": self.angle, "Angle": self.angle, "RequestId": "a8a1d0b6-3e4e-4b7e-9b0a-0d9a9d3f2c11"}

    def _signature_fault(self, headers: dict[str, str], body: bytes) -> str | None:
        given = GIVEN.fullmatch(headers.get("authorization", ""))
        stamp = headers.get("x-tc-timestamp", "")
        if given is None or not stamp.isdigit():
            return "AuthFailure.InvalidAuthorization"
        names = given["headers"].split(";")
        if names != sorted(names) or not {"content-type", "host"} <= set(names) or given["service"] != "ocr":
            return "AuthFailure.InvalidAuthorization"
        if abs(time.time() + self.clock_s - int(stamp)) > CLOCK_TOLERANCE_S:
            return "AuthFailure.SignatureExpire"
        if given["id"] != self.secret_id:
            return "AuthFailure.SecretIdNotFound"
        lines = [f"{name}:{headers.get(name, '').strip().lower()}" for name in names]
        canonical = "\n".join(["POST", "/", "", *lines, "", ";".join(names), hashlib.sha256(body).hexdigest()])
        day = datetime.fromtimestamp(int(stamp), UTC).date().isoformat()
        scope = f"{given['date']}/{given['service']}/tc3_request"
        signed = "\n".join(["TC3-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
        secret = b"TC3" + self.secret_key.encode()
        for word in (given["date"], given["service"], "tc3_request", signed):
            secret = hmac.new(secret, word.encode(), hashlib.sha256).digest()
        right = given["date"] == day and hmac.compare_digest(secret.hex(), given["signature"])
        return None if right else "AuthFailure.SignatureFailure"


def error(code: str) -> dict[str, object]:
    return {"Response": {"Error": {"Code": code, "Message": f"{code} happened"}, "RequestId": "0"}}


@contextmanager
def serving(server: TencentServer) -> Iterator[TencentServer]:
    """The server at ``server.endpoint`` until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.asked += 1
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.respond(server.ways.pop(0) if server.ways else "well", headers, body)

        def respond(self, way: str, headers: dict[str, str], body: bytes) -> None:
            if way == "cut before":
                self.hang_up()
                return
            status = int(way) if way.isdigit() else 200
            said = json.dumps(
                error(way.removeprefix("error ")) if way.startswith("error ") else server.answer(headers, body)
            )
            if way == "slow":
                time.sleep(server.slow_s)
            content = {
                "broken": said[: len(said) // 2],
                "list": "[]",
                "other": '{"Response": {"TextDetections": [{}]}}',
            }.get(way, said)
            payload = content.encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload) + (100 if way == "cut within" else 0)))
            self.end_headers()
            self.wfile.write(payload)
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
