"""Full-text search of articles: a vocabulary, who has which word, what is asked, and what is found."""
