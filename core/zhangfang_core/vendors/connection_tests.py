"""*Test connection*: one harmless question to a chosen vendor, its answer kept as a plain sentence."""

import asyncio
import logging
import time
from collections.abc import Mapping

from zhangfang_core.database.engine import connection
from zhangfang_core.vendors.candidates import defaults
from zhangfang_core.vendors.choices import PERMISSION, choice
from zhangfang_core.vendors.keeping_count import count
from zhangfang_core.vendors.offers import Offer, as_vendor
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.recognition import Bitmap
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import ConnectionTest, VendorAway, VendorKind, VendorMisset, VendorRefused

log = logging.getLogger("zhangfang.vendors")

LONGEST_S = 30.0
_SIDE = 64
AWAY = "连不上对方的服务器。请检查网络和地址,或稍后再试。"
TOO_SLOW = "对方太久没有回应。请稍后再试。"
BROKEN = "连接程序出错了,请把这个情况告诉系统维护人员。"
UNREADABLE = "保存的密钥打不开了,请重新填写。"
NOT_TESTABLE = "这个服务没有提供连接测试,第一次使用时才知道结果。"


async def ask_whether_it_works(choice_id: int) -> str:
    """Ask the vendor where no transaction is open, and keep the result. Returns "" or the Chinese sentence of what is wrong.

    Raises Refusal ``common.not_found``, ``vendor.not_there`` (its plugin is off or gone), ``access.forbidden``.
    """
    require(PERMISSION)
    async with transaction():
        chosen = await choice(choice_id)
        secrets = await chosen.secrets()
    if chosen.offer is None or chosen.missing:
        raise Refusal("vendor.not_there", "提供这个服务的模块没有启用,不能测试。", status=409)
    began, failed = time.monotonic(), None
    if chosen.secrets_set - secrets.keys():
        problem, failed = UNREADABLE, "misset"
    else:
        with_secrets = {**defaults(chosen.offer), **chosen.settings, **secrets}
        problem, failed = await _asked(chosen.offer, with_secrets)
    if any(secret in problem for secret in secrets.values()):
        problem = BROKEN
    async with transaction():
        if problem != NOT_TESTABLE:
            await count(chosen.kind, chosen.vendor, failed=failed, seconds=time.monotonic() - began)
        await connection().execute(
            "update core_vendor_choice set tested_at = now(), problem = $3 where firm = $1 and id = $2",
            firm_in_scope(),
            choice_id,
            problem[:300],
        )
        await use(Audit).record("vendor.test", f"vendor:{chosen.vendor}", after={"result": problem or "连接正常"})
    return problem


async def _asked(offer: Offer, settings: Mapping[str, str | int]) -> tuple[str, str | None]:
    """The sentence and the reason to count; both empty when it works."""
    vendor = offer.vendor
    try:
        async with asyncio.timeout(min(vendor.seconds, LONGEST_S)):
            with as_vendor(offer):
                opened = vendor.open(settings)
                if isinstance(opened, ConnectionTest):
                    await opened.test()
                elif vendor.kind is VendorKind.OCR and not vendor.outside:
                    await opened.recognise(Bitmap(_SIDE, _SIDE, b"\xff" * (_SIDE * _SIDE * 3)))  # type: ignore[attr-defined]  # the kind's Protocol
                else:
                    return NOT_TESTABLE, None
    except VendorMisset as error:
        return error.sentence, "misset"
    except VendorRefused as error:
        return error.sentence, None
    except VendorAway:
        return AWAY, "away"
    except TimeoutError:
        return TOO_SLOW, "timeout"
    except OSError:
        return AWAY, "away"
    except Exception as error:  # an adapter is a stranger's code; its message may hold a secret and is not kept
        log.error("the test of vendor %s failed with %s in its adapter", vendor.id, type(error).__name__)
        return BROKEN, "failed"
    return "", None
