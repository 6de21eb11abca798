"""销项: invoices that the client issued, from the tax authority's lists; their vouchers and the output register."""
