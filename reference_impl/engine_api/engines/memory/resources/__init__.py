"""The resources of the API: each module or package implements the operations of one."""
