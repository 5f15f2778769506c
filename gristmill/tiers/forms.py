"""The forms of new requests: files, and the options of a job, made from its argument parser by `jobs.allowed_options`.

What a person chose is checked where commands are checked too: options by `jobs`, names, sizes and address by `upload`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from gristmill.errors import RunError
from gristmill.tiers import jobs
from gristmill.tiers.models import Role
from gristmill.tiers.upload import Given

if TYPE_CHECKING:
    from argparse import Action
    from collections.abc import Sequence

#: What a request may be of, as people call it, by the job's name.
TITLES = {"index": "Inverted index", "sentiment": "Sentiment", jobs.PROGRAMS_JOB: "Programs of your own"}
#: An option of printed output, and there is none here.
_LEFT_OUT = "format"
_PREFIX = "option-"


class _ManyFiles(forms.ClearableFileInput):
    """One field, several files, as Django's documentation has it."""

    allow_multiple_selected = True


class _Files(forms.FileField):
    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each file by itself."""
        return [super(_Files, self).clean(each, initial) for each in data or [None]]


class NewRequestForm(forms.Form):
    """Files, and who is told; `job` is a name of `TITLES`."""

    files = _Files(label="Files", allow_empty_file=True, help_text="Choose one or more, or drop them here.")
    mail = forms.EmailField(label="Mail", help_text="The address that is told of the end.")

    def __init__(self, job: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.job = job
        if job == jobs.PROGRAMS_JOB:
            text = "Reads lines from stdin, and writes lines to stdout; its first line says by what it is run, as {}."
            self.fields["mapper"] = forms.FileField(label="Mapper", help_text=text.format("#!/usr/bin/awk -f"))
            about = "The same, of lines that are sorted; it may be left out."
            self.fields["reducer"] = forms.FileField(label="Reducer", required=False, help_text=about)
        else:
            shown = {name: action for name, action in jobs.allowed_options(job).items() if name != _LEFT_OUT}
            self.fields.update({_PREFIX + name: _option(name, action) for name, action in shown.items()})
        # what most people leave as it is comes last
        self.order_fields(["files", "mapper", "reducer", "mail"])

    @property
    def first_fields(self) -> list[Any]:
        """What is asked of everyone."""
        return [field for field in self if not field.name.startswith(_PREFIX)]

    @property
    def option_fields(self) -> list[Any]:
        """The job's options."""
        return [field for field in self if field.name.startswith(_PREFIX)]

    def clean(self) -> dict[str, Any]:
        """Have the job check its options: `words` are those of its command line."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        given = []
        for field in self.option_fields:
            value, name = data.get(field.name), field.name[len(_PREFIX) :]
            if value is True:
                given.append(name)
            elif value and value != field.initial:
                given.append(f"{name}={value}")
        self.words: list[str] = []
        if self.job != jobs.PROGRAMS_JOB:
            try:
                self.words = jobs.checked_options(self.job, given)
            except RunError as error:
                self.add_error(None, str(error))
        return data

    def given(self) -> Sequence[Given]:
        """The files, which lie in temporary ones."""
        roles = {"files": Role.INPUT, "mapper": Role.MAPPER, "reducer": Role.REDUCER}
        sent = [(file, role) for name, role in roles.items() for file in _as_list(self.cleaned_data.get(name))]
        return [Given(file.temporary_file_path(), role, file.name) for file, role in sent]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _option(name: str, action: Action) -> forms.Field:
    """A field for an option of the job."""
    about = (action.help or "") % {**vars(action)}
    if action.nargs == 0:
        return forms.BooleanField(label=name, help_text=about, required=False)
    if action.choices:
        choices = [str(choice) for choice in action.choices]
        initial = str(action.default) if action.default in choices else ""
        pairs = [(choice, choice) for choice in choices]
        shown = pairs if initial else [("", "-"), *pairs]
        return forms.ChoiceField(label=name, help_text=about, required=False, choices=shown, initial=initial)
    return forms.CharField(label=name, help_text=about, required=False)
