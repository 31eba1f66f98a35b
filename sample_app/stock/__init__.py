"""Stock as the shop sees it: kept with the products, or by the inventory service."""
