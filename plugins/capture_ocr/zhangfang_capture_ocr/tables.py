"""Uploaded files, the invoices read from them, corrections, and what is remembered of sellers. Money in fen."""

from typing import Any

from piccolo.columns import (
    JSONB,
    BigInt,
    BigSerial,
    Boolean,
    Date,
    ForeignKey,
    Integer,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import Seal
from zhangfang_capture_ocr.states import CheckState, InputTaxDecision, ItemState
from zhangfang_sdk.references import DocumentKey, UserKey, VoucherKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class Item(ClientRows, Table, tablename="capture_ocr_item"):
    """One thing to be booked: an uploaded file, a file of an uploaded archive, or one of several invoices in a file.

    ``whole`` is the item that it was found in, ``place`` where in that file it stands, as :mod:`zhangfang_capture_ocr.places` writes it
    ("{}": the whole file). ``upload_key`` makes a repeated upload the same item; ``original`` is the item that already holds these bytes,
    ``replaces`` the returned item that this one was taken again for. ``pointed_at`` names fields, separated by spaces."""

    id = BigSerial(primary_key=True)
    document = ForeignKey(DocumentKey, null=False, on_delete=OnDelete.restrict, help_text="原件")
    upload_key = Varchar(length=80, help_text="上传序号")
    name = Varchar(length=255, help_text="文件名")
    size = BigInt(help_text="字节数")
    sha256 = Varchar(length=64, help_text="文件指纹")
    state = Varchar(length=20, choices=ItemState, default=ItemState.QUEUED, help_text="状态")
    refusal_code = Varchar(length=60, default="", help_text="原因代码")
    refusal_sentence = Text(default="", help_text="原因")
    purpose = Varchar(length=40, default="", help_text="用途")
    replaces: ForeignKey[Any] = ForeignKey("self", null=True, on_delete=OnDelete.restrict, help_text="重拍的是哪一张")
    pointed_at = Varchar(length=200, default="", help_text="退回时指出的字段")
    original: ForeignKey[Any] = ForeignKey("self", null=True, on_delete=OnDelete.restrict, help_text="相同的原件")
    whole: ForeignKey[Any] = ForeignKey("self", null=True, on_delete=OnDelete.restrict, help_text="来自哪个文件")
    place = JSONB(default="{}", help_text="在文件中的位置")
    uploaded_by = ForeignKey(UserKey, null=True, on_delete=OnDelete.restrict, help_text="上传人")
    uploader_name = Varchar(length=80, default="", help_text="上传人姓名")
    attempts = Integer(default=0, help_text="识别次数")
    created_at = Timestamptz(help_text="上传时间")
    updated_at = Timestamptz(help_text="更新时间")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Invoice(ClientRows, Table, tablename="capture_ocr_invoice"):
    """One invoice read from one item. ``live`` ones hold their code and number against duplicates.

    ``input_tax`` is what the rules let a purchase deduct (:mod:`zhangfang_capture_ocr.input_tax`), None where nothing was booked yet.
    ``fields`` (value, source, box, confidence of each), ``lines`` and ``disagreements`` are written and read by
    :mod:`zhangfang_capture_ocr.stored_readings`. ``recorded`` is the state of the newest `InvoiceCheck` that speaks of the invoice as it
    stands ("" where there is none), kept here for lists.
    """

    id = BigSerial(primary_key=True)
    item = ForeignKey(Item, null=False, on_delete=OnDelete.restrict, help_text="文件")
    document = ForeignKey(DocumentKey, null=False, on_delete=OnDelete.restrict, help_text="原件")
    voucher = ForeignKey(VoucherKey, null=True, on_delete=OnDelete.restrict, help_text="凭证")
    kind = Varchar(length=40, default="", help_text="票种")
    code = Varchar(length=12, default="", help_text="发票代码")
    number = Varchar(length=40, default="", help_text="发票号码")
    issued_on = Date(null=True, default=None, help_text="开票日期")
    buyer_name = Varchar(length=200, default="", help_text="购买方名称")
    buyer_tax_id = Varchar(length=30, default="", help_text="购买方税号")
    seller_name = Varchar(length=200, default="", help_text="销售方名称")
    seller_tax_id = Varchar(length=30, default="", help_text="销售方税号")
    amount = BigInt(null=True, default=None, help_text="金额(分)")
    tax = BigInt(null=True, default=None, help_text="税额(分)")
    total = BigInt(null=True, default=None, help_text="价税合计(分)")
    total_in_words = Varchar(length=100, default="", help_text="价税合计大写")
    check_code = Varchar(length=40, default="", help_text="校验码")
    remarks = Text(default="", help_text="备注")
    reverses = Varchar(length=20, default="", help_text="被红冲的发票号码")
    direction = Varchar(length=10, choices=Direction, default=Direction.PURCHASE, help_text="进项或销项")
    fields = JSONB(default="{}", help_text="字段及来源")
    lines = JSONB(default="[]", help_text="明细")
    disagreements = JSONB(default="{}", help_text="两处写法不同的字段")
    counts = JSONB(default="{}", help_text="票名、号码等各有几处")
    seal = Varchar(length=20, choices=Seal, default=Seal.NONE, help_text="电子签章")
    signer = Varchar(length=100, default="", help_text="签章证书上的名称")
    text = Text(default="", help_text="票面文字")
    proofs = JSONB(default="[]", help_text="核对结果")
    pages = Integer(default=0, help_text="页数")
    page_shape = Integer(default=0, help_text="首页高宽比(千分之)")
    turned = Integer(default=0, help_text="照片要转正的度数")
    sure = Boolean(default=False, help_text="识别有把握")
    live = Boolean(default=True, help_text="占用发票号码")
    input_tax = BigInt(null=True, default=None, help_text="可抵扣税额(分)")
    input_tax_why = Text(default="", help_text="能否抵扣的依据")
    input_tax_computed = Boolean(default=False, help_text="按票价算出的税额")
    duplicate_of: ForeignKey[Any] = ForeignKey("self", null=True, on_delete=OnDelete.restrict, help_text="与哪张重复")
    recorded = Varchar(length=20, default="", help_text="税务局记录")
    created_at = Timestamptz(help_text="识别时间")
    updated_at = Timestamptz(help_text="更新时间")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.kind, cls.number])


class InvoiceCheck(ClientRows, Table, tablename="capture_ocr_invoice_check"):
    """One question to the tax administration's records, asked of the firm's vendor: by itself once (``asked_by`` None), or by a person.

    ``number``, ``code``, ``issued_on`` and ``total`` are what was asked by; ``record`` is the answer as
    :mod:`zhangfang_capture_ocr.records.rows` writes it. ``why`` says why there is none yet, or none at all.
    """

    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, null=False, on_delete=OnDelete.restrict, help_text="发票")
    state = Varchar(length=20, choices=CheckState, default=CheckState.WAITING, help_text="结果")
    number = Varchar(length=40, default="", help_text="发票号码")
    code = Varchar(length=12, default="", help_text="发票代码")
    issued_on = Date(null=True, default=None, help_text="开票日期")
    total = BigInt(null=True, default=None, help_text="价税合计(分)")
    record = JSONB(default="{}", help_text="记录内容")
    vendor = Varchar(length=120, default="", help_text="查验服务")
    vendor_title = Varchar(length=80, default="", help_text="查验服务名称")
    reference = Varchar(length=100, default="", help_text="查验编号")
    why_code = Varchar(length=60, default="", help_text="没查成的代码")
    why = Text(default="", help_text="没查成的原因")
    attempts = Integer(default=0, help_text="查了几次")
    reason = Varchar(length=200, default="", help_text="再查的原因")
    asked_by = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict, help_text="谁要查")
    asked_at = Timestamptz(help_text="何时要查")
    answered_at = Timestamptz(null=True, default=None, help_text="何时查到")


class InputTaxUse(ClientRows, Table, tablename="capture_ocr_input_tax_use"):
    """What was decided of one purchase's input tax: deducted in the month ``period`` (202611), or never, with a reason.

    An invoice without a row waits. ``voucher`` carries the tax from 待认证进项税额 to 进项税额, or into the cost.
    """

    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, null=False, on_delete=OnDelete.restrict, help_text="发票")
    decision = Varchar(length=20, choices=InputTaxDecision, help_text="用途")
    period = Integer(help_text="所属期")
    reason = Varchar(length=200, default="", help_text="不抵扣的原因")
    voucher = ForeignKey(VoucherKey, null=True, default=None, on_delete=OnDelete.restrict, help_text="转入凭证")
    decided_by = ForeignKey(UserKey, null=True, on_delete=OnDelete.restrict, help_text="勾选人")
    decided_at = Timestamptz(help_text="勾选时间")


class Recognition(ClientRows, Table, tablename="capture_ocr_recognition"):
    """What was seen on one page of an item's file, kept so that no engine and no paid vendor sees the same picture twice.

    ``boxes`` are text runs on the upright page as :mod:`zhangfang_capture_ocr.seen_pages` writes them, ``codes`` QR codes, each
    with its text and middle. A ``blank`` page is kept as such. ``look`` is the picture's as :mod:`zhangfang_capture_ocr.reading.looks` tells it.
    """

    id = BigSerial(primary_key=True)
    item = ForeignKey(Item, null=False, on_delete=OnDelete.restrict, help_text="文件")
    page = Integer(default=0, help_text="第几页(从 0 数)")
    blank = Boolean(default=False, help_text="空白页")
    engine = Varchar(length=80, default="", help_text="识别引擎")
    turned = Integer(default=0, help_text="照片要转正的度数")
    page_shape = Integer(default=0, help_text="高宽比(千分之)")
    look = Varchar(length=64, default="", help_text="画面指纹")
    boxes = JSONB(default="[]", help_text="文字与位置")
    codes = JSONB(default="[]", help_text="二维码")
    recognised_at = Timestamptz(help_text="识别时间")


class Correction(ClientRows, Table, tablename="capture_ocr_correction"):
    """A field that a reviewer changed: what was read there and from which source, what stands now. Appended only.

    ``kind`` is the kind of the invoice as it stands now: with the seller it tells the layout.
    """

    id = BigSerial(primary_key=True)
    invoice = ForeignKey(Invoice, null=False, on_delete=OnDelete.restrict, help_text="发票")
    field = Varchar(length=40, help_text="字段")
    before = Text(default="", help_text="原值")
    after = Text(default="", help_text="新值")
    source = Varchar(length=20, default="", help_text="原值来源")
    kind = Varchar(length=40, default="", help_text="票种")
    seller_tax_id = Varchar(length=30, default="", help_text="销售方税号")
    corrected_by = ForeignKey(UserKey, null=True, on_delete=OnDelete.restrict, help_text="修改人")
    corrected_at = Timestamptz(help_text="修改时间")


class TaxCode(FirmRows, Table, tablename="capture_ocr_tax_code"):
    """One row of 商品和服务税收分类编码 as the firm brought it in from the official table."""

    id = BigSerial(primary_key=True)
    code = Varchar(length=19, help_text="合并编码")
    name = Varchar(length=200, help_text="货物和劳务名称")
    short_name = Varchar(length=60, help_text="简称")


class SellerMemory(ClientRows, Table, tablename="capture_ocr_seller_memory"):
    """Which account a client's purchases of one seller were approved with, and how often.

    ``item`` is a line's name without its short name ("" for the seller's invoices as a whole)."""

    id = BigSerial(primary_key=True)
    seller_tax_id = Varchar(length=30, help_text="销售方税号")
    seller_name = Varchar(length=200, default="", help_text="销售方名称")
    item = Varchar(length=100, default="", help_text="品名")
    account = Varchar(length=30, help_text="科目")
    times = Integer(default=1, help_text="次数")
    updated_at = Timestamptz(help_text="最近一次")
