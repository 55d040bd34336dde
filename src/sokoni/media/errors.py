"""Why a file is not to be had. The code tells the contact, by the catalogue."""

from sokoni.errors import AppError


class FileRefusedError(AppError):
    """It will be refused again."""

    code = "file_refused"
    http_status = 422


class FileTooLargeError(FileRefusedError):
    """Too many bytes, or too many dots once it is unpacked."""

    code = "file_too_large"


class FileTypeRefusedError(FileRefusedError):
    """Not what was asked for, whatever its name says."""

    code = "file_type_refused"


class FileGoneError(FileRefusedError):
    """The provider has it no longer, it has expired, or it is somebody else's."""

    code = "file_gone"
    http_status = 404


class FileDelayedError(AppError):
    """Not this time: the provider or our own store is away."""

    code = "file_delayed"
    http_status = 503
