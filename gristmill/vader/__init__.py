"""The sentiment of a text by VADER, bit for bit as nltk has it.

    import gristmill.vader

    gristmill.vader.score("The bread is good.")       # Score(neg=0.0, neu=0.508, pos=0.492, compound=0.4404)
    gristmill.vader.compound("The bread is good.")    # 4404: ten-thousandths

`Scorer` is for another lexicon.
"""

from gristmill.vader.scorer import Scorer, compound, score

__all__ = ["Scorer", "compound", "score"]
