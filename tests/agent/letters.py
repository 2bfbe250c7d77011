"""An embedder that needs no model: a text's letters as a unit vector, and how many texts it was given."""

import numpy as np


class LetterEmbedder:
    """Texts of the same letters are near each other."""

    dimensions = 26

    def __init__(self, name="letters@1"):
        self.id = name
        self.embedded = 0

    async def embed(self, texts):
        self.embedded += len(texts)
        rows = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts])
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).tolist()

    async def embed_queries(self, texts):
        return await self.embed(texts)
