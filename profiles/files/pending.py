"""Files that were chosen in a form with errors. They are stored, in private, until the form is saved.

The form then has a signed token for each file. When it is sent again, ``restore`` puts the files into the request, as
if they had been chosen again. They are deleted when the form is saved, or after a day.
"""

import re
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from django.utils.crypto import get_random_string

from profiles.files.storage import INCOMING, opened

PREFIX = "pending-"  # before the name of a file field: the form field with its tokens
USER_KEY = "_upload_key"  # the form field that says, signed, whom the form was shown to
FOLDER = re.compile(r"(\d+)-(\d+)-(\d+)-\w+")  # when a file was stored, for which user, and its size
SALT = "profiles.files.pending"
MAX_AGE = timedelta(days=1)


class PendingUpload(UploadedFile):
    """A stored file in a request."""

    def __init__(self, file, name, token):
        super().__init__(file, name, size=file.size)
        self.token = token


def store(upload, user_pk):
    """Store a file for a user and return its token. Deletes expired files, and the user's oldest if there are many."""
    if isinstance(upload, PendingUpload):
        return upload.token
    make_room(user_pk, upload.size)
    stamp = int(timezone.now().timestamp())
    # The folder is never served.
    path = default_storage.save(f"{INCOMING}/{stamp}-{user_pk}-{upload.size}-{get_random_string(22)}/file", upload)
    return signing.dumps([user_pk, path, upload.name], salt=SALT)


def make_room(user_pk, size):
    """Delete expired files, and the oldest files of a user who would have more than four times UPLOAD_MAX_MB."""
    expired = (timezone.now() - MAX_AGE).timestamp()
    room = 4 * settings.UPLOAD_MAX_MB * 2**20 - size
    try:
        folders, _ = default_storage.listdir(INCOMING)
    except FileNotFoundError:
        return
    for found in filter(None, map(FOLDER.fullmatch, sorted(folders, reverse=True))):  # newest first
        stamp, owner, stored = map(int, found.groups())
        room -= stored if owner == user_pk else 0
        if stamp < expired or (owner == user_pk and room < 0):
            default_storage.delete(f"{INCOMING}/{found[0]}/file")


def load(token, user_pk):
    """Return the file of a token: an empty one if it is no longer stored, or was chosen by another user."""
    try:
        owner, path, name = signing.loads(token, salt=SALT)
        if owner != user_pk:
            raise FileNotFoundError(path)
        file, _ = opened(default_storage, path)
    except signing.BadSignature:
        return SimpleUploadedFile("file", b"")
    except FileNotFoundError:
        return SimpleUploadedFile(name, b"")
    return PendingUpload(file, name, token)


def restore(request):
    """Put the stored files of a form into ``request.FILES``, before those that were chosen now."""
    for key in [key for key in request.POST if key.startswith(PREFIX)]:
        name = key.removeprefix(PREFIX)
        stored = [load(token, request.user.pk) for token in request.POST.getlist(key)]
        request.FILES.setlist(name, [*stored, *request.FILES.getlist(name)])


def discard(request):
    """Delete the stored files of a form that has been saved."""
    for _, uploads in request.FILES.lists():
        for upload in uploads:
            if isinstance(upload, PendingUpload):
                upload.close()
                default_storage.delete(signing.loads(upload.token, salt=SALT)[1])


def store_files(request, form_data):
    """Store the files of a form whose session has ended, and add their tokens to its data.

    Return the names of the stored files and of the others. Only a form that a user was shown may store files.
    """
    user_pk = user_of(form_data.get(USER_KEY, ""))
    stored, lost = [], []
    for name, uploads in request.FILES.lists():
        for upload in uploads:
            token = ""
            if user_pk is not None:
                with suppress(OSError):  # then the file has to be chosen again
                    token = store(upload, user_pk)
                    form_data.appendlist(f"{PREFIX}{name}", token)
            (stored if token else lost).append(upload.name)
    return stored, lost


def key_of(user):
    """Return the value of USER_KEY, by which a form can store files after the user's session has ended."""
    return signing.dumps(user.pk, salt=USER_KEY)


def user_of(key):
    """Return the primary key of the user a form was shown to, or None."""
    try:
        pk = signing.loads(key, salt=USER_KEY, max_age=timedelta(days=settings.SESSION_MAX_DAYS))
    except signing.BadSignature:
        return None
    return pk if get_user_model().objects.filter(pk=pk, is_active=True, is_staff=True).exists() else None
