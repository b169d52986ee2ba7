"""Mail in, decision, mail out."""
