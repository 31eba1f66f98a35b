"""Insights: figures about what the caller may see, and how to compute them without holding others up.

Three ways to keep the event loop free, one each: awaits side by side (the dashboard), a thread for code that blocks
(the export), and a process for code that computes (the statistics).
"""
