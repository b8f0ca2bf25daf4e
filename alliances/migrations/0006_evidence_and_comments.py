"""Evidence and comments of tasks."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alliances', '0006_forecast'),
        ('firms', '0003_same_firm'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='comment_count',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='task',
            name='evidence_count',
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='task',
            name='needs_evidence',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='firms.firm')),
                ('note', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliances.note')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='alliances.task')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('photo', 'Photo'), ('document', 'Document'), ('note', 'Note')], max_length=10)),
                ('name', models.CharField(blank=True, help_text='shown; it is stored under another one', max_length=100)),
                ('content_type', models.CharField(blank=True, max_length=40)),
                ('path', models.CharField(blank=True, max_length=160)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('salt', models.CharField(blank=True, max_length=32)),
                ('size', models.IntegerField(default=0)),
                ('good_units', models.IntegerField(null=True)),
                ('bad_units', models.IntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('erased_at', models.DateTimeField(null=True)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('firm', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='firms.firm')),
                ('note', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='alliances.note')),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='alliances.task')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('good_units__isnull', True), ('good_units__gte', 0), _connector='OR'), models.Q(('bad_units__isnull', True), ('bad_units__gte', 0), _connector='OR')), name='evidence_counts_not_negative'), models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), ('path', ''), _connector='OR'), name='erased_evidence_has_no_file')],
            },
        ),
        migrations.CreateModel(
            name='Mention',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('read_at', models.DateTimeField(null=True)),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mentions', to='alliances.comment')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mentions', to='firms.firm')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('read_at', None)), fields=['firm'], name='mention_unread')],
                'constraints': [models.UniqueConstraint(fields=('comment', 'firm'), name='a_firm_is_mentioned_once')],
            },
        ),
    ]
