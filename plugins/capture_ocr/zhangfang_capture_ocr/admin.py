"""The plugin on the firm's admin desk: files and invoices to look at, what is remembered of sellers to correct."""

import datetime as dt

from pydantic import BaseModel, Field

from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import Seal, Source
from zhangfang_capture_ocr.services import uploads
from zhangfang_capture_ocr.services.corrections import LABELS
from zhangfang_capture_ocr.states import CheckState, InputTaxDecision, ItemState
from zhangfang_capture_ocr.tables import Correction, InputTaxUse, Invoice, InvoiceCheck, Item, SellerMemory, TaxCode
from zhangfang_sdk.admin import AdminForm, AdminScreen, BetterPage, Titles

DESK = BetterPage("票据审核", "/desk")
DIRECTIONS: Titles = {Direction.PURCHASE: "进项", Direction.SALES: "销项"}
SEALS: Titles = {Seal.NONE: "没有", Seal.SIGNED: "签名完好", Seal.INTACT: "摘要相符", Seal.CHANGED: "内容已改动", Seal.UNCHECKED: "未能核对"}
SOURCES: Titles = {
    Source.XML: "XML",
    Source.XBRL: "XBRL",
    Source.OFD: "OFD",
    Source.PDF_TEXT: "PDF 文字",
    Source.QR: "二维码",
    Source.OCR: "图片识别",
    Source.PERSON: "人工填写",
}

CHECKS: Titles = {
    CheckState.WAITING: "等结果",
    CheckState.LATER: "明天再查",
    CheckState.REFUSED: "没有查成",
    CheckState.VALID: "有这张票",
    CheckState.VOIDED: "已作废",
    CheckState.REVERSED: "已红冲",
    CheckState.MISMATCH: "与票面不符",
    CheckState.NOT_FOUND: "查无此票",
}

SCREENS = [
    AdminScreen(
        Item,
        "上传的票据",
        (Item.client, Item.name, Item.state, Item.refusal_sentence, Item.uploader_name, Item.created_at),
        {
            "document": "原件",
            "size": "字节数",
            "sha256": "文件指纹",
            "state": "状态",
            "refusal_sentence": "原因",
            "purpose": "用途",
            "original": "相同的原件",
            "replaces": "重拍的是哪一张",
            "whole": "来自哪个文件",
            "uploader_name": "上传人",
            "attempts": "识别次数",
            "updated_at": "更新时间",
        },
        choices={"state": {state: state.label for state in ItemState}},
        hidden=(Item.upload_key, Item.refusal_code, Item.pointed_at, Item.place, Item.uploaded_by),
        better=DESK,
        permission="capture_ocr.read",
    ),
    AdminScreen(
        Invoice,
        "识别出的发票",
        (
            Invoice.client,
            Invoice.kind,
            Invoice.number,
            Invoice.issued_on,
            Invoice.seller_name,
            Invoice.total,
        ),
        {
            "item": "文件",
            "document": "原件",
            "voucher": "凭证",
            "kind": "票种",
            "code": "发票代码",
            "number": "发票号码",
            "issued_on": "开票日期",
            "buyer_name": "购买方名称",
            "buyer_tax_id": "购买方税号",
            "seller_name": "销售方名称",
            "seller_tax_id": "销售方税号",
            "amount": "金额(元)",
            "tax": "税额(元)",
            "total": "价税合计(元)",
            "total_in_words": "大写金额",
            "check_code": "校验码",
            "remarks": "备注",
            "reverses": "被红冲的发票号码",
            "direction": "进项或销项",
            "seal": "电子签章",
            "signer": "签章证书上的名称",
            "text": "票面文字",
            "pages": "页数",
            "sure": "识别有把握",
            "live": "占用发票号码",
            "input_tax": "可抵扣税额(元)",
            "input_tax_why": "能否抵扣的依据",
            "input_tax_computed": "按票价算出的税额",
            "duplicate_of": "与哪张重复",
            "recorded": "税务局记录",
            "updated_at": "更新时间",
        },
        money=(Invoice.amount, Invoice.tax, Invoice.total, Invoice.input_tax),
        choices={"direction": DIRECTIONS, "seal": SEALS, "recorded": CHECKS},
        hidden=(
            Invoice.fields,
            Invoice.lines,
            Invoice.disagreements,
            Invoice.counts,
            Invoice.proofs,
            Invoice.page_shape,
            Invoice.turned,
        ),
        better=DESK,
        permission="invoices.read",
    ),
    AdminScreen(
        Correction,
        "更正记录",
        (
            Correction.client,
            Correction.invoice,
            Correction.field,
            Correction.before,
            Correction.after,
            Correction.corrected_at,
        ),
        {
            "invoice": "发票",
            "field": "字段",
            "before": "原值",
            "after": "新值",
            "source": "原值来源",
            "kind": "票种",
            "seller_tax_id": "销售方税号",
            "corrected_by": "更正人",
            "corrected_at": "更正时间",
        },
        choices={"field": LABELS, "source": SOURCES},
        permission="invoices.read",
    ),
    AdminScreen(
        InvoiceCheck,
        "发票查验",
        (InvoiceCheck.client, InvoiceCheck.invoice, InvoiceCheck.state, InvoiceCheck.vendor_title, InvoiceCheck.asked_at),
        {
            "invoice": "发票",
            "state": "结果",
            "number": "发票号码",
            "code": "发票代码",
            "issued_on": "开票日期",
            "total": "价税合计(元)",
            "vendor_title": "查验服务",
            "reference": "查验编号",
            "why": "没查成的原因",
            "attempts": "查了几次",
            "reason": "再查的原因",
            "asked_by": "谁要查",
            "asked_at": "何时要查",
            "answered_at": "何时查到",
        },
        money=(InvoiceCheck.total,),
        choices={"state": CHECKS},
        hidden=(InvoiceCheck.record, InvoiceCheck.vendor, InvoiceCheck.why_code),
        better=DESK,
        permission="invoices.read",
    ),
    AdminScreen(
        InputTaxUse,
        "进项抵扣勾选",
        (InputTaxUse.client, InputTaxUse.invoice, InputTaxUse.decision, InputTaxUse.period, InputTaxUse.decided_at),
        {
            "invoice": "发票",
            "decision": "用途",
            "period": "所属期",
            "reason": "不抵扣的原因",
            "voucher": "转入凭证",
            "decided_by": "勾选人",
            "decided_at": "勾选时间",
        },
        choices={"decision": {InputTaxDecision.DEDUCTED: "抵扣", InputTaxDecision.REFUSED: "不抵扣"}},
        permission="invoices.read",
    ),
    AdminScreen(
        TaxCode,
        "税收分类编码",
        (TaxCode.code, TaxCode.name, TaxCode.short_name),
        {"code": "合并编码", "name": "货物和劳务名称", "short_name": "简称"},
    ),
    AdminScreen(
        SellerMemory,
        "供应商科目记忆",
        (SellerMemory.client, SellerMemory.seller_name, SellerMemory.item, SellerMemory.account, SellerMemory.times),
        {
            "seller_tax_id": "销售方税号",
            "seller_name": "销售方名称",
            "item": "品名",
            "account": "科目",
            "times": "用过几次",
            "updated_at": "最近一次",
        },
        writable=True,
        permission="capture_ocr.review",
    ),
]


class ReadAgain(BaseModel):
    """The form 重新识别票据."""

    since: dt.date = Field(title="从哪天上传的起")


async def read_again(form: BaseModel) -> str:
    """Queue refused files of that day (Asia/Shanghai) and later for another reading; the sentence shown."""
    asked = ReadAgain.model_validate(form.model_dump())
    queued = await uploads.again_since(asked.since)
    return f"{queued} 张票据已重新排队识别。" if queued else f"{asked.since} 以来没有识别失败的票据。"


FORMS = [
    AdminForm(
        "read-again",
        "重新识别票据",
        "识别服务出过问题以后,把某天以来没有读成功的票据一起再识别一次。只重来一张的,请到“票据审核”页。",
        ReadAgain,
        read_again,
        permission="capture_ocr.review",
    )
]
