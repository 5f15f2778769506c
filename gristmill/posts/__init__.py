"""Lines as platforms and people write them to posts."""
