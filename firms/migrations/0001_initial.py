"""Firms, their people, what they can do and how much of it is free."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django_countries.fields
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('pseudonym', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('is_active', models.BooleanField(default=True)),
                ('is_operator', models.BooleanField(default=False, verbose_name='platform operator')),
                ('is_sample', models.BooleanField(default=False)),
                ('date_joined', models.DateTimeField(auto_now_add=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
        ),
        migrations.CreateModel(
            name='AccessToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('hint', models.CharField(max_length=4)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='access_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Draft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('answers', models.JSONField(default=dict)),
                ('updated_at', models.DateTimeField()),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Firm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('legal_name', models.CharField(max_length=200, verbose_name='legal name')),
                ('country', django_countries.fields.CountryField(max_length=2, verbose_name='country')),
                ('legal_person', models.CharField(help_text='who stands behind the firm; two firms may share it', max_length=64)),
                ('modules', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('manufacturing', 'We make things'), ('logistics', 'We carry and store things'), ('marketing', 'We sell and advertise'), ('support', 'We inspect, clear customs, or import')], max_length=13), default=list, size=None)),
                ('state', models.CharField(choices=[('applied', 'Waiting for verification'), ('verified', 'Verified'), ('refused', 'Refused'), ('suspended', 'Suspended')], default='applied', max_length=10)),
                ('state_reason', models.CharField(blank=True, max_length=400)),
                ('reviewed_at', models.DateTimeField(blank=True, null=True)),
                ('trust', models.PositiveSmallIntegerField(default=600, help_text='from the promises, as in standing')),
                ('promises_kept', models.PositiveIntegerField(default=0)),
                ('promises_late', models.PositiveIntegerField(default=0)),
                ('promises_broken', models.PositiveIntegerField(default=0)),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('engagement_cost_minor', models.BigIntegerField(default=0)),
                ('time_zone', models.CharField(default='UTC', max_length=64, verbose_name='time zone')),
                ('is_sample', models.BooleanField(default=False)),
                ('joined_at', models.DateTimeField()),
                ('reviewed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Identifier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('uscc', 'Unified Social Credit Code (China)'), ('lei', 'Legal Entity Identifier'), ('vat', 'VAT number (European Union)')], max_length=5, verbose_name='kind of identifier')),
                ('value', models.CharField(max_length=30, verbose_name='identifier')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='identifiers', to='firms.firm')),
            ],
        ),
        migrations.CreateModel(
            name='Line',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='firms.firm')),
            ],
        ),
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('is_tax_included', models.BooleanField(default=False, verbose_name='tax included')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('origin', models.CharField(max_length=5, verbose_name='origin (UN/LOCODE)')),
                ('market', django_countries.fields.CountryField(max_length=2, verbose_name='market')),
                ('mode', models.CharField(choices=[('air', 'Air'), ('express', 'Express'), ('sea', 'Sea'), ('rail', 'Rail'), ('road', 'Road')], max_length=8, verbose_name='mode')),
                ('supervision_mode', models.CharField(choices=[('9610', '9610: parcels to consumers'), ('9710', '9710: direct to businesses'), ('9810', '9810: to an overseas warehouse'), ('1210', '1210: bonded'), ('0110', '0110: general trade')], max_length=4, verbose_name='supervision mode')),
                ('unit_cost_minor', models.BigIntegerField(verbose_name='cost per unit')),
                ('fixed_cost_minor', models.BigIntegerField(default=0, verbose_name='cost of a shipment')),
                ('min_units', models.IntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='least units')),
                ('transit_p50_days', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='transit, half arrive within (days)')),
                ('transit_p90_days', models.PositiveSmallIntegerField(verbose_name='transit, nine in ten arrive within (days)')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_offers', to='firms.firm')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lanes', to='firms.line', verbose_name='space')),
            ],
        ),
        migrations.CreateModel(
            name='Competency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('is_tax_included', models.BooleanField(default=False, verbose_name='tax included')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('hs6', models.CharField(help_text='Six digits, such as 620342.', max_length=6, validators=[django.core.validators.RegexValidator('^\\d{6}$', 'An HS subheading has six digits, for example 620342.')], verbose_name='HS subheading')),
                ('process', models.CharField(max_length=120, verbose_name='process')),
                ('material', models.CharField(max_length=120, verbose_name='material')),
                ('certificates', models.CharField(blank=True, max_length=200, verbose_name='certificates')),
                ('unit_cost_minor', models.BigIntegerField(verbose_name='unit cost')),
                ('fixed_cost_minor', models.BigIntegerField(default=0, verbose_name='cost of a run')),
                ('moq_units', models.IntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='minimum order')),
                ('is_moq_by_variant', models.BooleanField(default=False, verbose_name='minimum order is for each variant')),
                ('lead_time_days', models.PositiveSmallIntegerField(verbose_name='lead time in days')),
                ('stock_units', models.IntegerField(default=0, validators=[django.core.validators.MinValueValidator(0)], verbose_name='finished stock')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_offers', to='firms.firm')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competencies', to='firms.line', verbose_name='line')),
            ],
            options={
                'verbose_name_plural': 'competencies',
            },
        ),
        migrations.CreateModel(
            name='CapacityWeek',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week_on', models.DateField(verbose_name='week from')),
                ('published_units', models.IntegerField(verbose_name='units')),
                ('used_units', models.IntegerField(default=0, editable=False)),
                ('published_at', models.DateTimeField()),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weeks', to='firms.line')),
            ],
            options={
                'ordering': ['week_on'],
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('worker', 'Worker')], max_length=10, verbose_name='role')),
                ('since_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='firms.firm')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='MemberInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail address')),
                ('role', models.CharField(choices=[('owner', 'Owner'), ('manager', 'Manager'), ('worker', 'Worker')], max_length=10, verbose_name='role')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('invited_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='member_invitations', to='firms.firm')),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PriceTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_units', models.IntegerField(verbose_name='from units')),
                ('unit_cost_minor', models.BigIntegerField(verbose_name='unit cost')),
                ('competency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='firms.competency')),
            ],
            options={
                'ordering': ['from_units'],
            },
        ),
        migrations.CreateModel(
            name='Reach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('is_tax_included', models.BooleanField(default=False, verbose_name='tax included')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('market', django_countries.fields.CountryField(max_length=2, verbose_name='market')),
                ('language', models.CharField(help_text='Such as de, en or zh-Hans.', max_length=10, validators=[django.core.validators.RegexValidator('^[a-z]{2,3}(-[A-Za-z]{2,4})?$', 'Write a language as de, en or zh-Hans.')], verbose_name='language')),
                ('channel', models.CharField(choices=[('short_video', 'Short video'), ('live', 'Live stream'), ('search', 'Search and listing'), ('creator', 'Creators')], max_length=12, verbose_name='channel')),
                ('reach_people', models.IntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='people reached')),
                ('fee_minor', models.BigIntegerField(verbose_name='fee')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_offers', to='firms.firm')),
            ],
            options={
                'verbose_name_plural': 'reach',
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('purpose', models.CharField(db_index=True, help_text='what the units are for', max_length=80)),
                ('units', models.IntegerField()),
                ('state', models.CharField(choices=[('held', 'Held'), ('reserved', 'Reserved'), ('released', 'Released')], default='held', max_length=10)),
                ('held_at', models.DateTimeField()),
                ('released_at', models.DateTimeField(blank=True, null=True)),
                ('week', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reservations', to='firms.capacityweek')),
            ],
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('is_tax_included', models.BooleanField(default=False, verbose_name='tax included')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('role', models.CharField(choices=[('quality', 'Quality inspection'), ('export_broker', 'Export customs broker'), ('import_broker', 'Import customs broker'), ('warehouse', 'Overseas warehouse'), ('last_mile', 'Last mile'), ('seller', 'Seller of record'), ('importer', 'Importer of record'), ('eu_responsible', 'EU responsible person')], max_length=18, verbose_name='role')),
                ('place', models.CharField(max_length=5, verbose_name='origin (UN/LOCODE) or market')),
                ('fee_minor', models.BigIntegerField(verbose_name='fee')),
                ('per_unit_minor', models.BigIntegerField(default=0, verbose_name='fee per unit')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='%(class)s_offers', to='firms.firm')),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('unlocode', models.CharField(max_length=5, verbose_name='UN/LOCODE')),
                ('latitude', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('longitude', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('firm', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='firms.firm')),
            ],
        ),
        migrations.AddField(
            model_name='competency',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='competencies', to='firms.site', verbose_name='site'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_user_an_address'),
        ),
        migrations.AddIndex(
            model_name='firm',
            index=models.Index(fields=['state', 'legal_name'], name='firms_firm_state_8b6c40_idx'),
        ),
        migrations.AddConstraint(
            model_name='firm',
            constraint=models.CheckConstraint(condition=models.Q(('trust__lte', 1000)), name='trust_within_scale'),
        ),
        migrations.AddConstraint(
            model_name='firm',
            constraint=models.CheckConstraint(condition=models.Q(('engagement_cost_minor__gte', 0)), name='engagement_cost_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='identifier',
            constraint=models.UniqueConstraint(fields=('kind', 'value'), name='one_firm_an_identifier'),
        ),
        migrations.AddConstraint(
            model_name='line',
            constraint=models.UniqueConstraint(fields=('firm', 'name'), name='one_line_a_name'),
        ),
        migrations.AddIndex(
            model_name='lane',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['market', 'origin'], name='lane_for_matching'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(('origin__regex', '^[A-Z]{2}[A-Z2-9]{3}$')), name='lane_origin_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(('transit_p50_days__gte', 1), ('transit_p90_days__gte', models.F('transit_p50_days'))), name='transit_quantiles_in_order', violation_error_message='Nine in ten cannot arrive sooner than half do.'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(('fixed_cost_minor__gte', 0), ('min_units__gte', 1), ('unit_cost_minor__gte', 0)), name='lane_sane'),
        ),
        migrations.AddConstraint(
            model_name='capacityweek',
            constraint=models.UniqueConstraint(fields=('line', 'week_on'), name='one_row_a_week'),
        ),
        migrations.AddConstraint(
            model_name='capacityweek',
            constraint=models.CheckConstraint(condition=models.Q(('published_units__gte', 0)), name='published_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='capacityweek',
            constraint=models.CheckConstraint(condition=models.Q(('used_units__gte', 0)), name='used_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='capacityweek',
            constraint=models.CheckConstraint(condition=models.Q(('used_units__lte', models.F('published_units'))), name='free_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='capacityweek',
            constraint=models.CheckConstraint(condition=models.Q(('week_on__iso_week_day', 1)), name='weeks_start_on_monday'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('firm', 'user'), name='one_role_in_a_firm'),
        ),
        migrations.AddConstraint(
            model_name='memberinvitation',
            constraint=models.UniqueConstraint(models.F('firm'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('withdrawn_at', None)), name='one_open_invitation_a_person'),
        ),
        migrations.AddConstraint(
            model_name='pricetier',
            constraint=models.UniqueConstraint(fields=('competency', 'from_units'), name='one_price_a_tier'),
        ),
        migrations.AddConstraint(
            model_name='pricetier',
            constraint=models.CheckConstraint(condition=models.Q(('from_units__gt', 1), ('unit_cost_minor__gte', 0)), name='tier_sane'),
        ),
        migrations.AddIndex(
            model_name='reach',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['market', 'language'], name='reach_for_matching'),
        ),
        migrations.AddConstraint(
            model_name='reach',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0), ('reach_people__gt', 0)), name='reach_sane'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='reserve_something'),
        ),
        migrations.AddConstraint(
            model_name='reservation',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'released'), _negated=True), fields=('week', 'purpose'), name='one_live_entry_a_purpose'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['role', 'place'], name='service_for_matching'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('place__regex', '^[A-Z]{2}([A-Z2-9]{3})?$')), name='service_place_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('fee_minor__gte', 0), ('per_unit_minor__gte', 0)), name='service_fee_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('firm', 'name'), name='one_site_a_name'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('unlocode__regex', '^[A-Z]{2}[A-Z2-9]{3}$')), name='unlocode_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('latitude', None), ('latitude__range', (-90, 90)), _connector='OR'), name='latitude_on_earth'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.CheckConstraint(condition=models.Q(('longitude', None), ('longitude__range', (-180, 180)), _connector='OR'), name='longitude_on_earth'),
        ),
        migrations.AddIndex(
            model_name='competency',
            index=models.Index(condition=models.Q(('withdrawn_at', None)), fields=['hs6', 'unit_cost_minor'], include=('firm', 'site', 'line', 'moq_units', 'lead_time_days', 'stock_units', 'fixed_cost_minor'), name='competency_for_matching'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.CheckConstraint(condition=models.Q(('hs6__regex', '^\\d{6}$')), name='hs6_well_formed'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.CheckConstraint(condition=models.Q(('fixed_cost_minor__gte', 0), ('unit_cost_minor__gte', 0)), name='competency_cost_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='competency',
            constraint=models.CheckConstraint(condition=models.Q(('moq_units__gte', 1), ('stock_units__gte', 0)), name='competency_units_sane'),
        ),
    ]
