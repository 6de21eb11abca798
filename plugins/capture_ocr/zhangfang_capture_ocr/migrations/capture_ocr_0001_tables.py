from enum import Enum
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey, UserKey, VoucherKey

ID = "2026-11-26T08:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class ItemState(Enum):
    QUEUED = "queued"
    READING = "reading"
    RECOGNISED = "recognised"
    CHECKING = "checking"
    DRAFTED = "drafted"
    NEEDS_REVIEW = "needs_review"
    REFUSED = "refused"
    APPROVED = "approved"
    RETURNED = "returned"


class Direction(Enum):
    PURCHASE = "purchase"
    SALES = "sales"


class Item(Table, tablename="capture_ocr_item"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    document = ForeignKey(DocumentKey, on_delete=OnDelete.restrict, null=False)
    upload_key = Varchar(length=80)
    name = Varchar()
    size = BigInt()
    sha256 = Varchar(length=64)
    state = Varchar(length=20, default="queued", choices=ItemState)
    refusal_code = Varchar(length=60)
    refusal_sentence = Text()
    purpose = Varchar(length=40)
    original: ForeignKey[Any] = ForeignKey("self", on_delete=OnDelete.restrict)
    uploaded_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    uploader_name = Varchar(length=80)
    attempts = Integer()
    created_at = Timestamptz()
    updated_at = Timestamptz()
    pointed_at = Varchar(length=200)
    replaces: ForeignKey[Any] = ForeignKey("self", on_delete=OnDelete.restrict)


class Invoice(Table, tablename="capture_ocr_invoice"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    item = ForeignKey(Item, on_delete=OnDelete.restrict, null=False)
    document = ForeignKey(DocumentKey, on_delete=OnDelete.restrict, null=False)
    voucher = ForeignKey(VoucherKey, on_delete=OnDelete.restrict)
    kind = Varchar(length=40)
    code = Varchar(length=12)
    number = Varchar(length=20)
    issued_on = Date(default=None, null=True)
    buyer_name = Varchar(length=200)
    buyer_tax_id = Varchar(length=30)
    seller_name = Varchar(length=200)
    seller_tax_id = Varchar(length=30)
    amount = BigInt(default=None, null=True)
    tax = BigInt(default=None, null=True)
    total = BigInt(default=None, null=True)
    total_in_words = Varchar(length=100)
    check_code = Varchar(length=40)
    remarks = Text()
    direction = Varchar(length=10, default="purchase", choices=Direction)
    fields = JSONB()
    lines = JSONB(default="[]")
    disagreements = JSONB()
    text = Text()
    proofs = JSONB(default="[]")
    pages = Integer()
    page_shape = Integer()
    sure = Boolean()
    live = Boolean(default=True)
    duplicate_of: ForeignKey[Any] = ForeignKey("self", on_delete=OnDelete.restrict)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    turned = Integer()


class Correction(Table, tablename="capture_ocr_correction"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, on_delete=OnDelete.restrict, null=False)
    field = Varchar(length=40)
    before = Text()
    after = Text()
    seller_tax_id = Varchar(length=30)
    corrected_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    corrected_at = Timestamptz()
    kind = Varchar(length=40)
    source = Varchar(length=20)


class Recognition(Table, tablename="capture_ocr_recognition"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    item = ForeignKey(Item, on_delete=OnDelete.restrict, null=False)
    engine = Varchar(length=80)
    turned = Integer()
    page_shape = Integer()
    boxes = JSONB(default="[]")
    codes = JSONB(default="[]")
    recognised_at = Timestamptz()


class SellerMemory(Table, tablename="capture_ocr_seller_memory"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    seller_tax_id = Varchar(length=30)
    seller_name = Varchar(length=200)
    account = Varchar(length=30)
    times = Integer(default=1)
    updated_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_tables(manager, Item, Invoice, Correction, Recognition, SellerMemory)
    return manager
