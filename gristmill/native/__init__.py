"""The inner loops of the index in C, and what loads them."""
