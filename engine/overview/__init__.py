"""What people see of the work: where a ticket stands, who has what, who is calling."""
