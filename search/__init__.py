"""Finds: reads Chinese, keeps the index, ranks, and says how sure it is."""
