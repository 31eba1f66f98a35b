"""Orders: accepted at once, confirmed or failed right after."""
