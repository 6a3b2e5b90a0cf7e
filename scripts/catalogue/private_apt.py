"""Runs apt on lists of our own, as root or not, and leaves the system's apt alone.

The system's settings (mirrors, proxies, certificates, keys) stay in force. Only what would
change the set of files is replaced: languages, index targets, architecture and folders.
The architecture is fixed to amd64, so that every machine gets the same data.
"""

import os
import re
import subprocess
from pathlib import Path

from .problem import Problem

# Settings of the system that a download needs. All others keep apt's own defaults.
KEPT = ("Acquire::", "Dir::Etc::", "Dir::Bin::methods")
REPLACED = ("Acquire::Languages", "Acquire::IndexTargets", "Dir::Etc::main", "Dir::Etc::parts")

# Names of the index targets, as `apt-get indextargets` reports them in CREATED_BY.
PACKAGES = "Packages"
TRANSLATIONS = "Translations"
COMPONENTS = "AisleComponents"
ICONS = "AisleIcons"

TARGET = """Acquire::IndexTargets::deb::%s {
  MetaKey "%s"; ShortDescription "%s"; Description "$(RELEASE)/$(COMPONENT) %s";
  KeepCompressed "true"; KeepCompressedAs "gz"; Optional "true";
};
"""


def kept_settings(dump):
    """The lines of `apt-config dump` that a download needs."""
    def wanted(line):
        key = line.split(" ", 1)[0].lower()
        is_kept = any(key.startswith(name.lower()) for name in KEPT)
        return is_kept and not any(key.startswith(name.lower()) for name in REPLACED)
    return [line for line in dump.splitlines() if wanted(line)]


def configuration(dump, folder):
    """The text of the configuration file that apt reads instead of the system's."""
    lines = kept_settings(dump) + [
        f'Dir::Etc::main "{folder}/no-main.conf";',
        f'Dir::Etc::parts "{folder}/no-parts";',
        f'Dir::State::Lists "{folder}/lists";',
        f'Dir::Cache "{folder}/cache";',
        'Acquire::Languages { "en"; "fr"; };',
        'Acquire::Retries "3";',
        'APT::Architecture "amd64";',
        'APT::Architectures { "amd64"; };',
        # Our folders belong to the caller; apt's own user could not write there.
        'APT::Sandbox::User "";',
    ]
    targets = [
        TARGET % (COMPONENTS, "$(COMPONENT)/dep11/Components-$(NATIVE_ARCHITECTURE).yml", COMPONENTS, "AppStream"),
        TARGET % (ICONS, "$(COMPONENT)/dep11/icons-128x128.tar", ICONS, "icons"),
    ]
    return "\n".join(lines) + "\n" + "".join(targets)


def why_update_failed(text):
    """One sentence from apt's own words, the most common causes explained."""
    if "No space left" in text or "not enough free space" in text:
        return "the disk is full: free about 300 MB, or set AISLE_CACHE to a folder on another disk"
    if re.search(r"Could not get lock|Unable to lock", text):
        return "another fetch is using the same folder: wait until it is done"
    if re.search(r"Temporary failure resolving|Could not resolve|Could not connect|Failed to fetch"
                 r"|Network is unreachable|timed out", text):
        return "Debian's archive cannot be reached: check the network (and the proxy, if there is one)"
    last = [line for line in text.splitlines() if line.startswith(("E:", "W:"))]
    return last[-1] if last else "apt-get update failed without a message"


class PrivateApt:
    """apt on the lists under `folder`. Not for use by two processes at once."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.config = self.folder / "apt.conf"
        for name in ("lists/partial", "cache/archives/partial", "no-parts"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        try:
            dump = self._output(["apt-config", "dump"])
        except FileNotFoundError:
            raise Problem("there is no apt here: the catalogues come from Debian's archive and need Debian's apt") from None
        self.config.write_text(configuration(dump, self.folder), encoding="utf-8")
        self.environment = dict(os.environ, APT_CONFIG=str(self.config), LC_ALL="C.UTF-8")

    def update(self, show):
        """Fetches what is new. Gives apt's lines to `show`. Raises Problem."""
        command = ["apt-get", "update", "-o", "APT::Update::Error-Mode=any", "-q"]
        process = subprocess.Popen(command, env=self.environment, text=True, errors="replace",
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        lines = []
        for line in process.stdout:
            lines.append(line)
            show(line.rstrip())
        if process.wait() != 0:
            raise Problem(why_update_failed("".join(lines)))

    def index(self, created_by, language=None):
        """The file of one index of Debian's main archive, or None where it was not fetched."""
        fields = ["$(ORIGIN)", "$(LABEL)", "$(COMPONENT)", "$(SUITE)", "$(CODENAME)", "$(LANGUAGE)", "$(FILENAME)"]
        filters = [f"Created-By: {created_by}", "Origin: Debian", "Label: Debian", "Component: main"]
        text = self._output(["apt-get", "indextargets", "--format", "|".join(fields), *filters], self.environment)
        rows = [line.split("|", 6) for line in text.splitlines()]
        # Updates and backports repeat packages of the release: the release alone is the catalogue.
        rows = [row for row in rows if not re.search(r"-(updates|backports|proposed)", row[3] + row[4])]
        if language:
            rows = [row for row in rows if row[5] == language]
        codename = system_codename()
        rows.sort(key=lambda row: (row[4] != codename, row[4], row[6]))
        return rows[0][6] if rows else None

    def read(self, path):
        """The unpacked bytes of an index, whatever it is packed with."""
        process = subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", path], env=self.environment,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if process.returncode != 0:
            raise Problem(f"cannot unpack {path}: {process.stderr.decode(errors='replace').strip()};"
                          " run again with --refresh")
        return process.stdout

    @staticmethod
    def _output(command, environment=None):
        process = subprocess.run(command, env=environment, text=True, errors="replace", check=False,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if process.returncode != 0:
            raise Problem(f"{command[0]} failed: {process.stderr.strip()}")
        return process.stdout


def system_codename(path="/etc/os-release"):
    """The code name of the running Debian, such as bookworm; empty where it is not known."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""
    match = re.search(r'^VERSION_CODENAME="?([\w-]+)', text, re.MULTILINE)
    return match.group(1) if match else ""
