"""Foreign tables become validated nouns, or are refused; no paths and no files."""
