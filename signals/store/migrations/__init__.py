"""The steps by which a database gets its tables, in order; a step that was published is never changed."""
