"""Where a long biography is split."""

import pytest

from config.text.beginning import split

LONG = "And so on it goes, line after line. " * 12


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"I study engines.\n\n{LONG}", "I study engines."),
        (f"I study engines. My advisor is Dr. Mary Somerville of St. Andrews.\n\n{LONG}",
         "I study engines. My advisor is Dr. Mary Somerville of St. Andrews."),
        (f"# About\n\nI study engines.\n\n{LONG}", "# About\n\nI study engines."),
        (f"{'I study engines of all kinds. ' * 10}{LONG}", ("I study engines of all kinds. " * 10).strip()),
        (f"I study **engines of all kinds. {LONG.strip()}** Then I stop.", None),
        (f"I study [engines][1]. They weave.\n\n{LONG}\n\n[1]: https://example.org", None),
        (f"I study engines.[^1]\n\n{LONG}\n\n[^1]: A note.", None),
        (f"- I study engines.\n- {LONG}", None),
        ("I study engines. They weave.", None),
        ("", None),
    ],
)  # fmt: skip
def test_a_long_text_is_split_after_a_sentence_that_can_stand_alone(text, first):
    if first is None:
        assert split(text) == (text.strip(), "")
    else:
        beginning, rest = split(text)
        assert beginning == first
        assert (beginning + rest).replace(" ", "").replace("\n", "") == text.replace(" ", "").replace("\n", "")


def test_a_text_of_many_sentences_that_cannot_be_split_is_left_whole():
    text = f"**{'On it goes. ' * 5000}The end.**"

    assert split(text) == (text, "")
