"""The page that shows what `jobs.sentiment_agg` counted.

`source` parses the job's rows, `survey` finds the biggest values, `series` adds these up, `axis` and `months` are the
axis of time. `line_chart` and `bar_chart` draw SVG, `words` writes the sentences, `links` the addresses of posts,
`cards` and `page` the HTML, `output` the file; `escaping` makes the text of others harmless, and numbers readable.
"""
