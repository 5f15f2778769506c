"""What the web shows: `accounts` lets people in, `requests` has their requests, `files` what they sent and get, `staff`
everyone's. `owned` looks up what is a person's own, `pages` is a page of a list.

What is another person's is as if it were not there: 404, whatever is asked of it.
"""
