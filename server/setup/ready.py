"""A database that is ready to use: the one that is set, else the private cluster, installed and started."""

from pathlib import Path

from server.settings import Settings
from server.setup.binaries import Binaries, find_binaries
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
    _make_home(settings.home)
    # First the programs: their packages bring the account that the cluster runs under when this is root.
    binaries = binaries_for(settings)
    cluster = cluster_in(settings)
    if not cluster.is_ready():
        make_folder(cluster)
        cluster.up(find_binaries([prefix_in(settings)], made_by_major(cluster.data)) or binaries)
    return cluster.url


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SetupError(f"{home} cannot be made: {error.strerror}", "choose another place with FIELDWORK_HOME") from None


def prefix_in(settings: Settings) -> Path:
    """Return where packages are unpacked for a user who may not install them."""
    return settings.home.absolute() / "prefix"


def binaries_for(settings: Settings) -> Binaries:
    """Return PostgreSQL with PostGIS: from this machine, else from packages, else unpacked here."""
    prefix = prefix_in(settings)
    found = find_binaries([prefix])
    if found is None and has_apt():
        root = root_command()
        if root is not None:
            install_packages(root, settings.home / "packages.log")
        else:
            unpack_packages(prefix)
        found = find_binaries([prefix])
    if found is None:
        raise SetupError(
            "there is no PostgreSQL with PostGIS on this machine, and Debian's packages give none",
            f"install them (Debian: {PACKAGE}), set FIELDWORK_DATABASE_URL, or use `docker compose up`",
        )
    return found
