"""The inner loops of the index in C, and their loader."""
