"""The knowledge base: articles in versions, in Polish and English, that answer before anybody has to ask."""
