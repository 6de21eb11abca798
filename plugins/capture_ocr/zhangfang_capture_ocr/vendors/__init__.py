"""Recognising services out there that a firm may choose; pictures are sent to them only then."""

from zhangfang_capture_ocr.vendors.tencent import tencent_vendor

VENDORS = (tencent_vendor(),)
