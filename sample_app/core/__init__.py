"""What every domain uses: settings, database, errors, passwords, tokens, paging."""
