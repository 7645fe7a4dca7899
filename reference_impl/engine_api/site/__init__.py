"""The site: the pages of each version as HTML, with tables from the types and tabs from the examples."""
