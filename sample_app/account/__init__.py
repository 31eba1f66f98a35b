"""The account page: HTML for a browser, signed in by a cookie, guarded against forged and injected requests."""
