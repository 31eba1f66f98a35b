"""One rule, or one tight family of rules, a file; each file is also its page of documentation."""
