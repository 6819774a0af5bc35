"""Pages, assets and the command line: everything that meets people."""
