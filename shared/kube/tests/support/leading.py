"""A process that leads and writes all the time: `leading.py KUBECONFIG NAME`."""

import asyncio
import sys
from pathlib import Path

from ambient_kube import CONFIG_MAPS, Kube, lead


async def main(kubeconfig: Path, name: str) -> None:
    async with await Kube.connect(kubeconfig) as kube:

        async def write() -> None:
            print("leads", flush=True)
            count = 0
            while True:
                count += 1
                manifest = {
                    "metadata": {"name": f"writes-{name}", "namespace": "default"},
                    "data": {"count": str(count)},
                }
                await kube.apply(CONFIG_MAPS, manifest, field_manager=name)
                await asyncio.sleep(0.01)

        print("waits", flush=True)
        await lead(
            kube,
            namespace="default",
            name="kube-test-leader",
            identity=name,
            run=write,
            lease_seconds=3,
            deadline_seconds=2,
            renew_seconds=0.5,
        )


asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
