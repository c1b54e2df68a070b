"""PURE: names the way in which tracks are derived. A test fails when it changes unsaid."""

# Raised whenever the same fixes on the same streets give other rows: everything is then derived again. Whoever changes
# what decides them (tests/patrol/test_method.py finds it) raises this, or says that every row stays the same.
METHOD = 2
