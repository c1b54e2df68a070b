"""A deterministic invented story to look at. Names, texts and people are invented."""
