"""Containers: the operations, what lists and inspections show, filters, and what a new container may ask for."""
