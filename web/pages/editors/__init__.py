"""The work of those who write and edit the knowledge base."""

from flask import Blueprint

from web.pages.editors import article_editor, article_gaps, article_synonyms, article_topics, articles

ALL: tuple[Blueprint, ...] = (
    articles.pages,
    article_editor.pages,
    article_gaps.pages,
    article_topics.pages,
    article_synonyms.pages,
)
