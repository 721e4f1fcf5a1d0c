"""What can go wrong with the journal, one class for each thing that a caller would do differently about."""


class Fenced(Exception):
    """Another writer has taken over. Nothing was written; this process must end."""


class MarkRefused(Exception):
    """An inbound watermark was not where the batch said. Nothing of the batch was written."""


class AppendFailed(Exception):
    """No answer that the batch is durable: it may be, or not. Only the next start can tell; this process must end."""


class Unreachable(Exception):
    """The database does not answer, or refuses the connection."""


class NoJournal(Exception):
    """The database has no journal: its migrations have not run."""


class NotDurable(Exception):
    """The server runs with a setting under which a commit may be lost."""

    def __init__(self, setting: str, value: str) -> None:
        super().__init__(f"the database runs with {setting} = {value}: a commit there may be lost, the journal refuses it")
        self.setting = setting
        self.value = value


class HeadHeld(Exception):
    """Another session holds the head of the journal and could not be ended."""


class NoRecord(Exception):
    """The journal ends before the record that was asked for."""


class Corrupt(Exception):
    """The journal is not what was written. `first_seq` and `last_seq` name the first batch that is wrong."""

    def __init__(self, first_seq: int, last_seq: int, reason: str) -> None:
        super().__init__(f"journal corrupt in the batch of records {first_seq} to {last_seq}: {reason}")
        self.first_seq = first_seq
        self.last_seq = last_seq
        self.reason = reason
