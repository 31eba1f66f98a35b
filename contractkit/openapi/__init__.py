"""Reads the parts of an OpenAPI document: operations, parameters, media types, servers, and how values are written."""
