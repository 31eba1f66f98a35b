"""Reads AsyncAPI 3 documents: channels become what the comparison of OpenAPI documents knows."""
