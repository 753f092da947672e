"""The files in a cluster's folder that are ours: access, settings, and the record of the socket."""

from pathlib import Path

INCLUDED = "fieldwork.conf"
SETTINGS = """\
# Written at every start. A small machine shared with a solver: modest memory; nothing that risks data.
listen_addresses = ''
unix_socket_directories = {socket}
port = 5432
max_connections = 100
shared_buffers = 128MB
max_wal_size = 512MB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
"""


def made_by_major(data: Path) -> int | None:
    """Return the major version that made a data folder, None if there is none."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


def accept_only_the_socket(data: Path) -> None:
    """Let in whoever reaches the socket, in a folder for its owner alone; nobody from the network."""
    (data / "pg_hba.conf").write_text("local all all trust\n")
    with (data / "postgresql.conf").open("a") as settings:
        settings.write(f"include '{INCLUDED}'\n")


def write_settings(data: Path, socket_folder: Path) -> None:
    """Write the settings for the next start: the folder may have moved since the last one."""
    listed = str(socket_folder).replace("'", "''").replace('"', '""')
    settings = data / INCLUDED
    settings.write_text(SETTINGS.format(socket=f"'\"{listed}\"'"))
    settings.chmod(0o644)


def record_socket(cluster: Path, socket_folder: Path) -> None:
    """Keep where the socket is, for processes whose environment would choose another place."""
    (cluster / "socket-folder").write_text(f"{socket_folder}\n")


def recorded_socket(cluster: Path) -> Path | None:
    """Return where the socket was at the last start, None before the first."""
    try:
        return Path((cluster / "socket-folder").read_text().rstrip("\n"))
    except FileNotFoundError:
        return None
