"""What v1.55 changed in behaviour."""

from __future__ import annotations

from engine_api.api.containers import ContainerUpdateRequest
from engine_api.api.struct import UNSET
from engine_api.versions.change import Arguments, Change


class UpdateDeviceRules(Change):
    """`BlkioWeightDevice`, `BlkioDeviceReadBps`, `BlkioDeviceWriteBps`, `BlkioDeviceReadIOps` and
    `BlkioDeviceWriteIOps` can be changed: null keeps them, an empty list clears them. Before, they were ignored in an
    update.
    """

    version = "1.55"
    operations = ("ContainerUpdate",)
    paths = (
        ("ContainerUpdate", "BlkioWeightDevice"),
        ("ContainerUpdate", "BlkioDeviceReadBps"),
        ("ContainerUpdate", "BlkioDeviceWriteBps"),
        ("ContainerUpdate", "BlkioDeviceReadIOps"),
        ("ContainerUpdate", "BlkioDeviceWriteIOps"),
    )
    why = "a client that sets them wants them changed"

    def lift(self, arguments: Arguments) -> None:
        update = arguments["update"]
        if isinstance(update, ContainerUpdateRequest):
            update.blkio_weight_device = UNSET
            update.blkio_device_read_bps = UNSET
            update.blkio_device_write_bps = UNSET
            update.blkio_device_read_iops = UNSET
            update.blkio_device_write_iops = UNSET
