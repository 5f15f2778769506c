"""The first tables."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import gristmill.tiers.models


class Migration(migrations.Migration):
    initial = True

    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.CreateModel(
            name="QueuedMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("request_id", models.CharField(max_length=64, unique=True)),
                ("group", models.CharField(max_length=150)),
                ("visible_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("receipt", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={
                "indexes": [models.Index(fields=["group", "id"], name="tiers_group_id")],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("owner", models.CharField(max_length=150)),
                ("job", models.CharField(max_length=64)),
                ("options", models.JSONField(default=list)),
                ("mail", models.EmailField(max_length=254)),
                ("state", models.CharField(default=gristmill.tiers.models.State["QUEUED"], max_length=16)),
                ("ending", models.CharField(blank=True, default="", max_length=16)),
                ("why", models.TextField(blank=True, default="")),
                ("result", models.TextField(blank=True, default="")),
                ("cancel_asked", models.BooleanField(default=False)),
                ("token", models.PositiveBigIntegerField(default=0)),
                ("lease_until", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("holder", models.CharField(blank=True, default="", max_length=200)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("created", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("changed", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    models.Index(fields=["state", "lease_until"], name="tiers_state_lease"),
                    models.Index(fields=["owner", "created"], name="tiers_owner_created"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("state", models.CharField(max_length=16)),
                ("token", models.PositiveBigIntegerField()),
                ("text", models.TextField()),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="tiers.request"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=255)),
                ("key", models.CharField(max_length=255)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="tiers.request"
                    ),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
    ]
