"""Bringing layers in: read a file, judge its rows, upsert on keys. Who calls decides whether the transaction stays."""
