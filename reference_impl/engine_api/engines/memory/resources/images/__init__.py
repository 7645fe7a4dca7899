"""Images: the operations, archives, filters, and removal."""
