"""The vault: short secrets the desk must read again, kept so that the database alone gives none away."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from helpdesk.errors import DeskError

KEY_BYTES = 32


class CannotOpen(DeskError):
    """What was kept under the desk’s secret cannot be read with the present one."""


class Vault:
    """Locks and opens with keys made from the desk's secret, one for each purpose."""

    def __init__(self, secret: str) -> None:
        self._secret = (secret or "demo").encode()

    def lock(self, text: str, *, purpose: str) -> str:
        """The text as it may lie in the database."""
        return self._fernet(purpose).encrypt(text.encode()).decode()

    def open(self, locked: str, *, purpose: str) -> str:
        """The text that was locked for this purpose. Raises CannotOpen."""
        try:
            return self._fernet(purpose).decrypt(locked.encode()).decode()
        except InvalidToken as error:
            raise CannotOpen() from error

    def mark(self, text: str, *, purpose: str) -> str:
        """A mark by which the text is known again and from which it cannot be guessed without the desk's secret."""
        return hmac.new(self._key(purpose), text.encode(), hashlib.sha256).hexdigest()

    def _fernet(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self._key(purpose)))

    def _key(self, purpose: str) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"okienko {purpose}".encode()).derive(
            self._secret)
