"""The fields of FIX itself that are credentials, or may hold one: masked wherever a message is kept or shown."""

DATA = {96: 95, 1402: 1401, 1404: 1403}
"""RawData, EncryptedPassword, EncryptedNewPassword: each may hold delimiters, and the field before it
says how many bytes it has."""
CREDENTIALS = frozenset({554, 925, *DATA})
"""Those, Password and NewPassword."""
