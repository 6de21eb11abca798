"""Tencent Cloud's GeneralAccurateOCR and VatInvoiceVerifyNew as its documents tell them, on this machine; shares no code with the adapters.

- Signature: 签名方法 v3, https://cloud.tencent.cn/document/product/1108/42544
- Recognition: https://www.tencentcloud.com/document/product/1005/38268 (version 2018-11-19)
- Check of invoices: https://cloud.tencent.com/document/api/866/73674 and VatInvoice of the vendor's SDK
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
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from PIL import Image, UnidentifiedImageError

LARGEST_BASE64 = 7 * 1024 * 1024
CLOCK_TOLERANCE_S = 300
CHECKS_A_DAY = 5
YEARS = 5
REQUEST_ID = "a8a1d0b6-3e4e-4b7e-9b0a-0d9a9d3f2c11"
CHINA = timezone(timedelta(hours=8))
PARAMETERS = {
    "InvoiceNo", "InvoiceDate", "InvoiceCode", "InvoiceKind", "CheckCode", "Amount", "RegionCode", "SellerTaxCode",
    "EnableCommonElectronic", "EnableTodayInvoice",
}  # fmt: skip
GIVEN = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<date>\d{4}-\d\d-\d\d)/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass
class KnownInvoice:
    """One invoice of the tax administration's records, money as the service writes it; ``check_code`` is "" where the kind has none."""

    number: str
    issued: str
    net: str
    tax: str
    total: str
    code: str = ""
    check_code: str = ""
    seller: tuple[str, str] = ("宁波远洋冷链物流有限公司", "91330206MA2TEXT91M")
    buyer: tuple[str, str] = ("嘉喜餐饮有限公司", "")
    abandoned: str = "N"


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
    invoices: list[KnownInvoice] = field(default_factory=list)
    checks: list[dict[str, object]] = field(default_factory=list)
    missed: Counter[tuple[str, str]] = field(default_factory=Counter)
    endpoint: str = ""

    def answer(self, headers: dict[str, str], body: bytes) -> dict[str, object]:
        """The document's checks, in its order: the signature, the action, then those of the action."""
        fault = self._signature_fault(headers, body)
        if fault is not None:
            return error(fault)
        actions = {"GeneralAccurateOCR": self._recognised, "VatInvoiceVerifyNew": self._checked}
        action = actions.get(headers.get("x-tc-action", ""))
        if action is None or headers.get("x-tc-version") != "2018-11-19":
            return error("InvalidAction")
        return action(json.loads(body))

    def _recognised(self, question: dict[str, object]) -> dict[str, object]:
        """The parameters, then the picture."""
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
        return {"Angel": self.angle, "Angle": self.angle, "RequestId": REQUEST_ID}

    def _checked(self, question: dict[str, object]) -> dict[str, object]:
        """The parameters, then the records: number and code, the day's limit, day of issue, and check code or amount as the kind wants it."""
        self.checks.append(question)
        number, day = str(question.get("InvoiceNo", "")), str(question.get("InvoiceDate", ""))
        code = str(question.get("InvoiceCode", ""))
        fault = _parameter_fault(question, number, code, day)
        if fault is not None:
            return error(fault)
        known = next((i for i in self.invoices if (i.number, i.code) == (number, code)), None)
        self.missed[number, code] += 1
        if self.missed[number, code] > CHECKS_A_DAY:
            return error("FailedOperation.CountLimitError")
        if known is None:
            return error("ResourceNotFound.NoInvoice")
        if known.check_code and not question.get("CheckCode"):
            return error("InvalidParameterValue.PriceOrVerificationParameterValueLimit")
        asked_for = ("Amount", known.net if known.code else known.total)
        name, value = ("CheckCode", known.check_code[-6:]) if known.check_code else asked_for
        if question.get(name) != value or day != known.issued:
            return error("FailedOperation.InvoiceMismatch")
        return {"Response": {"Invoice": _as_told(known), "PassInvoiceInfoList": [], "RequestId": REQUEST_ID}}

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


def _parameter_fault(question: dict[str, object], number: str, code: str, day: str) -> str | None:
    if set(question) - PARAMETERS:
        return "InvalidParameterValue.InvalidParameterValueLimit"
    if not re.fullmatch(r"\d{8}|\d{20}", number):
        return "InvalidParameterValue.TicketSnParameterValueLimit"
    if not re.fullmatch(r"\d{10}|\d{12}" if len(number) == 8 else r"(\d{10}|\d{12})?", code):
        return "InvalidParameterValue.TicketCodeParameterValueLimit"
    if "Amount" in question and not re.fullmatch(r"-?\d+\.\d\d", str(question["Amount"])):
        return "InvalidParameterValue.PriceOrVerificationParameterValueLimit"
    if "CheckCode" in question and not re.fullmatch(r"\d{6}", str(question["CheckCode"])):
        return "InvalidParameterValue.PriceOrVerificationParameterValueLimit"
    now = datetime.now(CHINA).date()
    try:
        issued = date.fromisoformat(day)
    except ValueError:
        return "InvalidParameterValue.TicketDateParameterValueLimit"
    if issued > now or (now - issued).days > YEARS * 366:
        return "InvalidParameterValue.TicketDateParameterValueLimit"
    return "ResourceNotFound.NotSupportCurrentInvoiceQuery" if issued == now else None


def _as_told(known: KnownInvoice) -> dict[str, object]:
    return {
        "Code": known.code,
        "Number": known.number,
        "Date": known.issued.replace("-", ""),
        "BuyerName": known.buyer[0],
        "BuyerTaxCode": known.buyer[1],
        "SellerName": known.seller[0],
        "SellerTaxCode": known.seller[1],
        "Remark": "",
        "MachineNo": "",
        "CheckCode": known.check_code,
        "IsAbandoned": known.abandoned,
        "AmountWithoutTax": known.net,
        "TaxAmount": known.tax,
        "AmountWithTax": known.total,
        "RedLetterInvoiceMark": known.total.startswith("-"),
        "IssuingTypeMark": None,
        "Items": [],
    }


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
                "other": '{"Response": {"TextDetections": [{}], "Invoice": {"IsAbandoned": "?"}}}',
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
