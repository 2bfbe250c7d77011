import numpy as np

from agent.memo import CHARACTERS, KEPT, WORDS, Memo, opening


class Counting:
    id = "counting@1"
    dimensions = 2

    def __init__(self):
        self.calls = []

    async def embed(self, texts):
        self.calls.append(list(texts))
        return [[float(len(text)), 1.0] for text in texts]


async def test_a_text_is_embedded_once():
    embedder = Counting()
    memo = Memo(embedder)
    first = await memo.vectors(["a", "bb", "a"])
    second = await memo.vectors(["bb", "ccc"])
    assert embedder.calls == [["a", "bb"], ["ccc"]]
    assert np.array_equal(first[:, 0], [1, 2, 1])
    assert np.array_equal(second[:, 0], [2, 3])


async def test_nothing_new_asks_nobody():
    embedder = Counting()
    memo = Memo(embedder)
    await memo.vectors(["a"])
    await memo.vectors(["a", "a"])
    assert len(embedder.calls) == 1


async def test_old_texts_are_forgotten():
    embedder = Counting()
    memo = Memo(embedder)
    await memo.vectors(["first"])
    await memo.vectors([str(n) for n in range(KEPT)])
    await memo.vectors(["first"])
    assert embedder.calls[-1] == ["first"]


async def test_more_texts_than_are_kept_still_come_back():
    rows = await Memo(Counting()).vectors(["x" * n for n in range(1, KEPT + 50)])
    assert rows[:, 0].tolist() == list(range(1, KEPT + 50))


def test_only_the_opening_of_a_long_text_is_taken():
    assert opening("word " * 10_000) == " ".join(["word"] * WORDS)
    assert len(opening("x" * 10_000_000)) == CHARACTERS


async def test_a_text_that_others_push_out_while_a_new_one_is_embedded_is_still_there():
    class Crowded(Counting):
        async def embed(self, texts):
            if texts == ["new"]:
                await memo.vectors([str(n) for n in range(KEPT)])
            return await super().embed(texts)

    memo = Memo(Crowded())
    await memo.vectors(["kept"])
    assert np.array_equal((await memo.vectors(["kept", "new"]))[:, 0], [4, 3])
