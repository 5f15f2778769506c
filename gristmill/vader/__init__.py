"""The sentiment of a text by VADER, as nltk has it."""
