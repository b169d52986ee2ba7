import numpy as np
import pytest

from search.candidates import meanings

MEASURED = np.array([[0.9, 5.0], [0.6, 2.0], [0.3, 1.0]], np.float32)


@pytest.mark.parametrize(
    ("standing", "beside"),
    [(9.0, 0), (2.5, 1), (1.5, 2), (0.1, 2)],
    ids=["first by words", "second", "third", "last"],
)
def test_a_new_article_stands_in_meaning_as_it_does_by_words(standing: float, beside: int) -> None:
    found = meanings(MEASURED, (0, 1, 2, None), np.array([3.0, 2.0, 1.0, standing]))
    np.testing.assert_array_equal(found[:3], MEASURED)
    np.testing.assert_array_equal(found[3], MEASURED[beside])


def test_only_new_articles_stand_alike() -> None:
    found = meanings(MEASURED, (None, None), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(found[0], found[1])
