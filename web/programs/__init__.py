"""What programs are told: the description of the interface, and problems."""
