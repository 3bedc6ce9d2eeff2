class InstallationError(Exception):
    """The site cannot be set up; the message is one line that says why and what to do."""
