"""What stops a set-up, said so that the reader can go on."""


class SetupError(Exception):
    """A set-up step cannot be done; the text ends with the remedy."""

    def __init__(self, trouble: str, remedy: str) -> None:
        super().__init__(f"{trouble}\n  {remedy}" if remedy else trouble)
        self.trouble = trouble
        self.remedy = remedy
