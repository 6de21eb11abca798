"""工资: a month's payroll brought in, checked, confirmed by the client, booked by its totals. Rows are for readers by name."""
