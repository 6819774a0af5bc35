"""Records and rules of the desk: tickets, people, catalogue, conversation, files, letters to send."""
