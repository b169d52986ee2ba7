"""Demo knowledge base, dictionaries and judged questions, carried as files by the wheel."""
