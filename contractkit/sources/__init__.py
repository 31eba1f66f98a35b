"""Where a contract comes from."""
