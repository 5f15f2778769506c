"""A page of requests by state or job, and of all owners', without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiers", "0002_link")]

    operations = [
        migrations.AddIndex("request", models.Index(fields=fields, name=name))
        for name, fields in (
            ("tiers_owner_state_created", ["owner", "state", "created"]),
            ("tiers_owner_job_created", ["owner", "job", "created"]),
            ("tiers_created", ["created"]),
            ("tiers_state_created", ["state", "created"]),
        )
    ]
