"""A database that is ready to use: the one that is set, else the private cluster, installed and started."""

from server.settings import Settings
from server.setup.binaries import Binaries, find_binaries
from server.setup.cluster import PrivateCluster
from server.setup.cluster_files import made_by_major
from server.setup.cluster_place import cluster_in, make_folder
from server.setup.databases import check_database
from server.setup.failure import SetupError
from server.setup.packages import PACKAGE, has_apt, install_packages, root_command
from server.setup.prefix import unpack_packages


def database_url(settings: Settings) -> str:
    """Return the URL of a database that answers, after whatever it takes to have one."""
    if settings.database_url:
        return check_database(settings.database_url)
    cluster = cluster_in(settings)
    if not cluster.is_ready():
        make_folder(cluster)
        cluster.up(binaries_for(settings, cluster))
    return cluster.url


def binaries_for(settings: Settings, cluster: PrivateCluster) -> Binaries:
    """Return PostgreSQL with PostGIS: from this machine, else from packages, else unpacked here."""
    prefix, log = settings.home / "prefix", settings.home / "packages.log"
    major = made_by_major(cluster.data)
    found = find_binaries([prefix], major)
    if found:
        return found
    if has_apt():
        root = root_command()
        if root is not None:
            install_packages(root, log)
        else:
            unpack_packages(prefix)
        found = find_binaries([prefix], major)
    if found is None:
        raise SetupError(
            "there is no PostgreSQL with PostGIS on this machine, and Debian's packages give none",
            f"install them (Debian: {PACKAGE}), set FIELDWORK_DATABASE_URL, or use `docker compose up`",
        )
    return found
