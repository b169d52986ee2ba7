"""Pages and JSON: the only package that knows Flask."""
