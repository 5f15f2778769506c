"""Text to words, for every job that reads text: words, stems, stop words."""
