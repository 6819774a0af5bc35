"""Writing: what a version says, its way to the readers, the topics and owners of articles, and articles as files."""
