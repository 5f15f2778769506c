"""EMR's refusals, as the service words them: an exception for each code that a caller tells apart."""

from __future__ import annotations


class EmrError(Exception):
    """An answer that is an error: `code` goes into __type, the text is the message, `status` is HTTP's."""

    code = "InternalFailure"
    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ValidationError(EmrError):
    """A value that is not allowed; what the older operations (those that say job flow) say of everything."""

    code = "ValidationException"


class InvalidRequestError(EmrError):
    """What the newer operations (those that say cluster) say of ids and states; the model has an error code."""

    code = "InvalidRequestException"


class ThrottlingError(EmrError):
    """The rate of this operation is exceeded."""

    code = "ThrottlingException"


class ServerError(EmrError):
    """Something is wrong with the service."""

    code = "InternalFailure"
    status = 500
