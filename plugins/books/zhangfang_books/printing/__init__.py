"""Statements, ledgers and vouchers as Excel and PDF. Pure: values in, bytes out."""
