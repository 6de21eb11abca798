"""What every template is given, pieces of pages included."""

from typing import Any

from litestar.template.base import csrf_token

from zhangfang_core.identity.presence import asking
from zhangfang_core.identity.roles import role_title
from zhangfang_core.tenancy.names import Names, names_in_scope
from zhangfang_sdk.context import Scope, scope
from zhangfang_sdk.periods import Period


async def piece_values() -> dict[str, Any]:
    """``actor`` and ``csrf_token`` of the request in hand."""
    request = asking()
    token = "" if request is None else csrf_token({"request": request.connection})
    return {"csrf_token": token, "actor": actor_values(scope(), await names_in_scope())}


def actor_values(scope: Scope, names: Names) -> dict[str, Any]:
    """The person as templates know them. ``may`` and ``sees_account`` ask as the person, whatever plugin's template it is."""
    return {
        "person": scope.user,
        "name": scope.user_name,
        "role": scope.role,
        "role_label": role_title(scope.role),
        "firm": scope.firm,
        "firm_name": names.firm,
        "client_name": names.client,
        "client": scope.client,
        "is_firm_staff": scope.staff,
        "is_operator": scope.operator,
        "may": scope.holds,
        "is_auditor": scope.years is not None,
        "audited_month": _latest_month(scope.years),
        "sees_account": scope.sees_account,
    }


def _latest_month(years: frozenset[int] | None) -> str:
    """With which month an auditor begins; "" for everybody else."""
    if not years:
        return ""
    return min(Period(max(years), 12), Period.current()).key
