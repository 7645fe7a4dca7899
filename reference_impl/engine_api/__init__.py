"""The Docker Engine API as an executable specification.

`engine_api.api` is the API as of its newest version, `engine_api.v1_44` and its like as of an older one.
"""

__version__ = "0.1.0"
