"""Files: uploaded in pieces, checked by content, and given back to their owner only."""
