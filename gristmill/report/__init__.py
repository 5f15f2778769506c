"""The page that shows what `jobs.sentiment_agg` counted.

`rows` reads the job's output, `series` keeps the biggest values and their windows, `times` is the axis, `lines` and
`bars` draw, `cards` and `page` write the HTML; `text` is how words and numbers of others get into it unharmed.
"""
