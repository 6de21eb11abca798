"""The plugin on the firm's admin desk: files and invoices to look at, what is remembered of sellers to correct."""

from pydantic import BaseModel, Field

from zhangfang_capture_ocr.services import uploads
from zhangfang_capture_ocr.tables import Correction, Invoice, Item, SellerMemory
from zhangfang_sdk.admin import AdminForm, AdminScreen

SCREENS = [
    AdminScreen(
        Item,
        "上传的票据",
        (Item.id, Item.client, Item.name, Item.state, Item.refusal_sentence, Item.uploader_name, Item.created_at),
        {
            "document": "原件",
            "upload_key": "上传序号",
            "size": "字节数",
            "sha256": "文件指纹",
            "state": "状态",
            "refusal_code": "原因代码",
            "refusal_sentence": "原因",
            "purpose": "用途",
            "original": "相同的原件",
            "whole": "来自哪个文件",
            "place": "在文件中的位置",
            "uploaded_by": "上传人账号",
            "uploader_name": "上传人",
            "attempts": "识别次数",
            "updated_at": "更新时间",
        },
    ),
    AdminScreen(
        Invoice,
        "识别出的发票",
        (
            Invoice.id,
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
            "amount": "金额(分)",
            "tax": "税额(分)",
            "total": "价税合计(分)",
            "total_in_words": "大写金额",
            "check_code": "校验码",
            "remarks": "备注",
            "direction": "进项或销项",
            "fields": "字段及来源",
            "lines": "明细",
            "disagreements": "两处写法不同的字段",
            "counts": "票名、号码等各有几处",
            "seal": "电子签章",
            "text": "票面文字",
            "proofs": "核对结果",
            "pages": "页数",
            "page_shape": "首页高宽比",
            "sure": "识别有把握",
            "live": "占用发票号码",
            "duplicate_of": "与哪张重复",
            "updated_at": "更新时间",
        },
    ),
    AdminScreen(
        Correction,
        "更正记录",
        (
            Correction.id,
            Correction.client,
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
            "seller_tax_id": "销售方税号",
            "corrected_by": "更正人",
            "corrected_at": "更正时间",
        },
    ),
    AdminScreen(
        SellerMemory,
        "供应商科目记忆",
        (SellerMemory.client, SellerMemory.seller_name, SellerMemory.account, SellerMemory.times),
        {
            "seller_tax_id": "销售方税号",
            "seller_name": "销售方名称",
            "account": "科目",
            "times": "用过几次",
            "updated_at": "最近一次",
        },
        writable=True,
    ),
]


class ReadAgain(BaseModel):
    """The form 重新识别票据."""

    item: int = Field(title="票据编号", gt=0)


async def read_again(form: BaseModel) -> str:
    """Queue a refused file for another reading; the sentence shown."""
    asked = ReadAgain.model_validate(form.model_dump())
    await uploads.again(asked.item)
    return f"编号 {asked.item} 的票据已重新排队识别。"


FORMS = [
    AdminForm(
        "read-again",
        "重新识别票据",
        "对没有读成功的票据再识别一次。编号见“上传的票据”列表。",
        ReadAgain,
        read_again,
        permission="capture_ocr.review",
    )
]
