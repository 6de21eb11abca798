"""Services out there that a firm may choose to recognise pictures or check invoices; something is sent to them only then."""

from zhangfang_capture_ocr.vendors.tencent import tencent_vendor
from zhangfang_capture_ocr.vendors.tencent_invoices import tencent_invoices_vendor

VENDORS = (tencent_vendor(), tencent_invoices_vendor())
