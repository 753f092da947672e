"""Where the private cluster lies, and who owns it."""

import hashlib
import os
from pathlib import Path

from server.settings import Settings
from server.setup.account import owner_for
from server.setup.cluster import PrivateCluster
from server.setup.failure import SetupError
from server.setup.progress import say

SHARED_STATE = Path("/var/lib/fieldwork")


def cluster_in(settings: Settings) -> PrivateCluster:
    """Return the cluster of `settings.home`; under /var/lib where its account cannot reach that folder."""
    wanted = settings.home.absolute() / "cluster"
    account = owner_for(wanted)
    cluster = PrivateCluster(wanted, account, settings.runtime_dir)
    if not account.is_another or account.can_use(wanted):
        return cluster
    name = f"{settings.home.absolute().parent.name}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:8]}"
    elsewhere = PrivateCluster(SHARED_STATE / name, account, settings.runtime_dir)
    if not elsewhere.folder.is_dir():
        say(f"{account.name} cannot reach {wanted}: the cluster goes to {elsewhere.folder}")
    return elsewhere


def make_folder(cluster: PrivateCluster) -> None:
    """Make the cluster's folder, owned by its account."""
    remedy = "remove it if it is left over from another user, or choose another place with FIELDWORK_HOME"
    try:
        cluster.folder.mkdir(parents=True, exist_ok=True)
        if cluster.folder.stat().st_uid != cluster.account.uid:
            cluster.account.give(cluster.folder)
    except OSError as error:
        raise SetupError(f"{cluster.folder} cannot be made: {error.strerror}", remedy) from None
    if not cluster.account.can_use(cluster.folder):
        raise SetupError(f"{cluster.account.name} cannot write {cluster.folder}", remedy)
