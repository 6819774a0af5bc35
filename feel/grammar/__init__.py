"""From text to nodes: words, names, types, expressions and tests."""
