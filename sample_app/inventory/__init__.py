"""The inventory: a service of its own that knows how much there is of each product, and for whom it is kept."""
