"""Providers of sign-ins (OpenID Connect): which there are, and what is said with them."""
