"""The local review page: findings to look at and to sign, in a browser."""
