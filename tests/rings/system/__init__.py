"""SHELL: the system ring: real browsers that are killed, starved and cheated, against the real server."""
