"""Approved mails as a file for a mail system: no address stands in it, the mail system knows it by the Case.

Encrypted, it is a CMS message (RFC 5652, as S/MIME has it) to the certificate of whoever is to open it, with
AES-256. OpenSSL opens it: openssl cms -decrypt -inform DER -in FILE -inkey KEY -out notices.csv
https://cryptography.io/en/latest/hazmat/primitives/asymmetric/serialization/#cryptography.hazmat.primitives.serialization.pkcs7.PKCS7EnvelopeBuilder
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sf_handoff.adapters.report_files.cells import harmless, printable
from sf_handoff.adapters.whole_file import whole_file
from sf_handoff.errors import Misconfigured
from sf_handoff.reports.notices.kept import KeptNotice

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

FORMATS = ("csv", "json")
COLUMNS = ("notice_id", "case_id", "case_number", "subject", "body")


def write_mails(
    path: Path,
    mails: Sequence[KeptNotice],
    file_format: str,
    noted: Callable[[], object],
    recipient: Certificate | None = None,
) -> None:
    """The file, whole, for its owner alone. `noted` remembers that they were exported, before the file has
    its name: a mail that is in no file can be exported again, one that went out twice can't be taken back.
    """
    plain = {"csv": _csv, "json": _json}[file_format](mails)
    data = _encrypted(plain, recipient) if recipient else plain
    with whole_file(path) as file:
        file.write(data)
        noted()


def read_certificate(path: Path, now: datetime) -> Certificate:
    """The recipient's certificate (PEM, RSA). Raises Misconfigured."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.x509 import load_pem_x509_certificate

    problem = ""
    try:
        found = load_pem_x509_certificate(path.read_bytes())
        if not isinstance(found.public_key(), RSAPublicKey):
            problem = "its key is not an RSA key"
        elif not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
            problem = "it is not valid today"
        else:
            return found
    except (OSError, ValueError) as error:
        problem = f"it could not be read ({type(error).__name__})"
    raise Misconfigured(f"{path.name}: {problem}. Encrypting needs a certificate as PEM.", code="CERTIFICATE")


def _csv(mails: Sequence[KeptNotice]) -> bytes:
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    lines.writerows([harmless(printable(each)) for each in _cells(mail)] for mail in mails)
    return text.getvalue().encode()


def _json(mails: Sequence[KeptNotice]) -> bytes:
    records = [dict(zip(COLUMNS, _cells(mail), strict=True)) for mail in mails]
    return (json.dumps(records, ensure_ascii=False, indent=2) + "\n").encode()


def _cells(mail: KeptNotice) -> tuple[str, ...]:
    notice = mail.notice
    return (notice.notice_id, notice.case_id, notice.case_number, notice.subject, notice.body)


def _encrypted(plain: bytes, recipient: Certificate) -> bytes:
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

    message = PKCS7EnvelopeBuilder().set_data(plain).add_recipient(recipient)
    message = message.set_content_encryption_algorithm(AES256)
    return message.encrypt(Encoding.DER, [PKCS7Options.Binary])
