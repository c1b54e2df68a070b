"""The machine room: set-up, private servers, the two commands. Standard library only."""
