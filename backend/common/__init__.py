"""The leaf: words and mechanisms that every app shares. It imports nothing of ours."""
