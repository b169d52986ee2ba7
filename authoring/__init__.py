"""People improve the base: publishing, harvest, gaps, checks."""
