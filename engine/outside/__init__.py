"""Outside: other systems the processes call, and messages and signals that reach a ticket from beside its diagram."""
