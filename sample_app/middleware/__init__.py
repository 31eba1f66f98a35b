"""What every request passes through, from the outside to the inside in the order of `main.py`.

The three ways to write one are all here; `README.md` says when to take which.
"""
