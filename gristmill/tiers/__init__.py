"""The tiers: a person's upload, a queue, a consumer, a mail that says where the result is. A Django app.

    upload    files -> storage, and a request -> the database and the queue
    consume   the queue -> a run, a process of its own -> its result -> a mail

`request` has the life of a request. Nothing else in the library imports this package, and only what runs once Django's
settings are known may import its models.
"""
