"""Preferences of a browser, kept in its cookies: they are nobody's account, so no token is needed."""
