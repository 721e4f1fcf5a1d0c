"""Which orders carried which fields of no standard, to the venue or back from it: a fold over the journal."""

from oms.domain.terms import CustomTags


class Tagged(dict[str, set[str]]):
    """The root_id of each order, by `tag=` and by `tag=value`. A plain value: two folds of one journal are equal."""

    def note(self, root_id: str, custom: CustomTags) -> None:
        """An order carried these."""
        for tag, value in custom:
            self.setdefault(f"{tag}=", set()).add(root_id)
            self.setdefault(f"{tag}={value}", set()).add(root_id)

    def forget(self, root_ids: set[str]) -> None:
        """None of these is found by its fields any more."""
        for named, its in list(self.items()):
            its.difference_update(root_ids)
            if not its:
                del self[named]

    def has(self, root_id: str, tag: int, value: str) -> bool:
        """Whether an order carried this field; with any value where `value` is empty."""
        return root_id in self.get(f"{tag}={value}", ())
