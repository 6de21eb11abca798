"""申报登记: each return of each client from its figures to the boss's confirmation, the receipt and the payment."""
