"""Fuzzing of what contractkit reads, guided by coverage: `make fuzz-self MINUTES=20 SEED=1`."""
