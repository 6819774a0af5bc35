"""Statements without ceremony: what every act sends, and rows that are only added."""
