"""The ledger and the shares that are read from it."""
