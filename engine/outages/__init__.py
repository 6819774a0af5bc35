"""Mass incidents: many requests hang on one announcement, and one decision ends them all, each on its own way."""
