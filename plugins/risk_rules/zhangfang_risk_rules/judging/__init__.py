"""What rules work out, by id: one pure function each, over :class:`zhangfang_sdk.risk.Material`."""

from zhangfang_risk_rules.judging import balances, duties, income_tax, invoices, received, vat
from zhangfang_risk_rules.judging.registering import FUNCTIONS

__all__ = ["FUNCTIONS", "balances", "duties", "income_tax", "invoices", "received", "vat"]
