"""What the web shows: `accounts` lets people in, `requests` has their requests, `files` what they sent and get.

What is another person's is as if it were not there: 404, whatever is asked of it.
"""
