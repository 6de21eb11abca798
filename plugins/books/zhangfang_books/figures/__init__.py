"""Figures of tax returns, line by line with the way each was come by: what the SDK's ``TaxFigures`` gives."""
