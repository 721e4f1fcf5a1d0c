"""Which orders carried which fields of no standard, to the venue or back from it: a fold over the journal."""

from oms.domain.terms import CustomTags


class Tagged:
    """Found by tag, or by tag and value."""

    def __init__(self) -> None:
        self._found: dict[str, set[str]] = {}

    def note(self, root_id: str, custom: CustomTags) -> None:
        """An order carried these."""
        for tag, value in custom:
            self._found.setdefault(f"{tag}=", set()).add(root_id)
            self._found.setdefault(f"{tag}={value}", set()).add(root_id)

    def has(self, root_id: str, tag: int, value: str) -> bool:
        """Whether an order carried this field; with any value where `value` is empty."""
        return root_id in self._found.get(f"{tag}={value}", ())
