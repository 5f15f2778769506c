"""Posts of social media: what they say, how it sounds, and sums of that which merge.

`posts` reads lines in any of the `formats`. `vader` scores a text: `tokens` are its words, each by itself, `rules`
weigh them, `lexicon` holds what people feel at them, `alphabet` makes that fast.
"""
