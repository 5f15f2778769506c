"""The page that shows what `jobs.sentiment_agg` counted.

`source` parses the job's rows, `series` adds them up for the biggest values, `axis` is the axis of time. `line_chart`
and `bar_chart` draw SVG, `words` writes the sentences, `cards` and `page` the HTML, `output` the file; `escaping` makes
the text of others harmless, and numbers readable.
"""
