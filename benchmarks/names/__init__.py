"""Reconciliation measured: names of a graph found by names with typing errors."""
