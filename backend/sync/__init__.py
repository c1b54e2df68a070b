"""How a record travels from a phone to the bureau and back (3-sync.md)."""
