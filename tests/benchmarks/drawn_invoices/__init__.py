"""Draws made-up invoices and slips with their truth, to try readers on what their writers have not seen.

Written from the public forms alone, without a look at the readers. :mod:`sets` says what a set holds; ``python -m
tests.benchmarks.drawn_invoices OUT --family a`` draws one. Every name, number and amount is invented.
"""
