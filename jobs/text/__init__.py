"""Text to index terms: `words` cuts and normalises, `stops` lists words to leave out, `stems` takes endings off."""
