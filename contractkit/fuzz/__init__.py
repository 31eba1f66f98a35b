"""Property-based fuzzing of every operation of a contract against the app that claims to honour it."""
