"""Rules as data: what stands in ``data/rules`` and the functions of :mod:`zhangfang_risk_rules.judging` under one id."""
