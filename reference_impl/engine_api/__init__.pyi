from typing import Any

__version__: str

def __getattr__(name: str) -> Any: ...  # the modules of versions, such as v1_44, which have no file
