"""Builtins of the shell, a module for each group; `table` lists them."""
