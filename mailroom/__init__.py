"""Letters: written in the reader's language, sent out from the outbox."""
