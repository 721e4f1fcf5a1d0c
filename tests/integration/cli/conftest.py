"""A server for the commands to talk to."""

from tests.integration.control.conftest import blocking, certificates_folder

__all__ = ["blocking", "certificates_folder"]
