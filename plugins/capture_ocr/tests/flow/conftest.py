"""Invoices and files that the tests hand in."""

import io
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any, cast

import pytest
import pytest_asyncio
from httpx import ASGITransport, AsyncClient
from PIL import Image

from zhangfang_capture_ocr.jobs import look, read, unpack
from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.services import uploads
from zhangfang_capture_ocr.specimens import SpecimenInvoice, SpecimenLine, draw, einvoice_xml, photographed, taxed_line
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import ORIGIN, Portal, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, RESTAURANT_TAX_ID, TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope

_numbers = count()
SELLER_TAX_ID = "91330206MA2TEXT91M"


@dataclass
class File:
    """A file of a request, in memory."""

    filename: str
    data: bytes
    content_type: str = "application/octet-stream"
    _at: io.BytesIO = field(init=False)

    def __post_init__(self) -> None:
        self._at = io.BytesIO(self.data)

    async def read(self, size: int = -1) -> bytes:
        return self._at.read(size)

    async def seek(self, offset: int) -> int:
        return self._at.seek(offset)


def invoice(
    number: str = "26332000000187654321",
    *,
    buyer: str = "嘉喜餐饮有限公司",
    buyer_tax_id: str = RESTAURANT_TAX_ID,
    yuan: int = 1000,
    issued_on: date = date(2026, 11, 3),
    lines: tuple[SpecimenLine, ...] = (),
    kind: InvoiceKind = InvoiceKind.DIGITAL_ORDINARY,
) -> SpecimenInvoice:
    """A purchase of freight for the test firm's restaurant."""
    return SpecimenInvoice(
        kind=kind,
        number=number,
        issued_on=issued_on,
        buyer_name=buyer,
        buyer_tax_id=buyer_tax_id,
        seller_name="宁波远洋冷链物流有限公司",
        seller_tax_id=SELLER_TAX_ID,
        lines=lines or (taxed_line("*运输服务*冷链运输", yuan * 100, "9%"),),
    )


@dataclass(frozen=True)
class Office:
    """A firm whose client (the restaurant by default) hands files in, and the worker that reads them."""

    firm: TestFirm
    whose: int | None = None

    @property
    def client(self) -> int:
        return self.whose or self.firm.restaurant

    async def send(
        self, *files: tuple[str, bytes], role: str = "boss", key: str | None = None, purpose: str = ""
    ) -> Sequence[uploads.Received]:
        """Hand files in, in a transaction of its own."""
        async with acting(self.firm, role, client=self.client, name="李总"):
            return await uploads.receive([File(*file) for file in files], purpose=purpose, upload_key=key)

    async def work(self, item: int) -> None:
        """What the worker does with a queued file, in whichever lane it ends."""
        with in_scope(system_scope(self.firm.id)):
            for job in (read, look, unpack):
                await job(item)

    async def handed_in(self, name: str, data: bytes, **options: str) -> int:
        """Hand one file in and read it; its item."""
        received = await self.send((name, data), **options)
        item = received[0].item
        assert item is not None, received[0].sentence
        await self.work(item)
        return item

    async def state(self, item: int) -> tuple[str, str]:
        """State and refusal code."""
        async with acting(self.firm, "accountant"):
            row = await Item.select(Item.state, Item.refusal_code).where(Item.id == item).first()
        assert row is not None
        return str(row["state"]), row["refusal_code"]

    async def invoice_of(self, item: int) -> dict[str, Any]:
        async with acting(self.firm, "accountant"):
            row = await Invoice.select().where(Invoice.item == item).first()
        assert row is not None
        return dict(row)


@pytest.fixture
def office(firm: TestFirm) -> Office:
    return Office(firm)


@dataclass(frozen=True)
class Drawer:
    """Draws invoices for the restaurant; see :func:`invoice`."""

    def xml(self, **changes: Any) -> bytes:
        return einvoice_xml(invoice(**changes))

    def pdf(self, **changes: Any) -> bytes:
        return draw(invoice(**changes))

    def photo(self, turned: int = 0, **changes: Any) -> bytes:
        """A JPEG of the printed page, which must be turned clockwise by so many degrees to stand upright."""
        return photographed(draw(invoice(**changes)), turned)

    def jpeg(self, picture: Image.Image) -> bytes:
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=88)
        return written.getvalue()


@pytest.fixture
def drawn() -> Drawer:
    return Drawer()


class People:
    """Signs people of the test's firm in as they are needed."""

    def __init__(self, portal: Portal, office: Any) -> None:
        self._portal, self._office = portal, office

    async def enter(self, role: str, client: int | None = None) -> Visitor:
        firm = self._office.firm.id
        async with scoped_transaction(system_scope(firm)):
            person = await make_member(
                login=f"{role}{next(_numbers)}@test", name="李总", password=OWNER_PASSWORD, role=role, client=client
            )
        token = await session_for(person)
        transport = ASGITransport(cast(Any, self._portal.app), raise_app_exceptions=False)
        place = f"/f/{firm}" if client is None else f"/f/{firm}/c/{client}"
        return Visitor(AsyncClient(transport=transport, base_url=ORIGIN, cookies={COOKIE: token}), place)

    async def of_client(self, role: str) -> Visitor:
        return await self.enter(role, self._office.firm.restaurant)

    async def of_firm(self, role: str) -> Visitor:
        return await self.enter(role)


@pytest_asyncio.fixture(loop_scope="session")
async def people(test_server: TestServer, database: str, settings: Settings, office: Any) -> AsyncIterator[People]:
    chosen = replace(settings, dsn=test_server.addresses(database).application)
    async with running_portal(chosen) as portal:
        yield People(portal, office)
