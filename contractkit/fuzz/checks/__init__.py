"""The promises that a contract makes and that answers are held against; one promise a file, discovered."""
