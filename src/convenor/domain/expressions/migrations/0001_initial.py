import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from convenor.kit.migrating import TablesAtOnce


class Migration(TablesAtOnce):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('directory', '0001_initial'),
        ('groups', '0001_initial'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('title', models.CharField(max_length=200)),
                ('asked', models.TextField(help_text='What is asked of those who sit, and whom it is for.')),
                ('seats', models.PositiveSmallIntegerField(help_text='How many places are filled from this call.')),
                ('constituency', models.SlugField(blank=True, max_length=40)),
                ('term_starts_on', models.DateField(blank=True, null=True)),
                ('term_ends_on', models.DateField(blank=True, null=True)),
                ('method', models.CharField(choices=[('ranked', 'Ranked by score'), ('lottery', 'Fair lottery')], default='ranked', max_length=8)),
                ('one_per_organisation', models.BooleanField(default=False)),
                ('pass_mark', models.PositiveSmallIntegerField(default=0, help_text='Of 100; below it nobody is chosen.')),
                ('opens_on', models.DateField()),
                ('opens_time', models.TimeField()),
                ('closes_on', models.DateField()),
                ('closes_time', models.TimeField()),
                ('zone', models.CharField(choices=[('Australia/Sydney', 'Sydney'), ('Australia/Melbourne', 'Melbourne'), ('Australia/Brisbane', 'Brisbane'), ('Australia/Adelaide', 'Adelaide'), ('Australia/Darwin', 'Darwin'), ('Australia/Hobart', 'Hobart'), ('Australia/Perth', 'Perth'), ('Australia/Lord_Howe', 'Lord Howe')], default='Australia/Sydney', max_length=40)),
                ('opens_at', models.DateTimeField(help_text='Computed from the local time and the zone.')),
                ('closes_at', models.DateTimeField(help_text='Computed from the local time and the zone.')),
                ('outcome_by', models.DateField(help_text='By when everybody is told.')),
                ('notice', models.TextField(help_text='What is collected, why, and who sees it.')),
                ('purge_on', models.DateField(help_text='After this day nothing about who applied is left.')),
                ('debrief', models.TextField(blank=True, help_text='What is promised to those who were not chosen.')),
                ('contact', models.CharField(help_text='Whom to ask.', max_length=200)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('assessing', 'Being assessed'), ('selected', 'Selected'), ('offers', 'Offers made'), ('finished', 'Finished'), ('withdrawn', 'Withdrawn')], default='draft', max_length=10)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300)),
                ('finished_on', models.DateField(blank=True, null=True)),
                ('purged_at', models.DateTimeField(blank=True, null=True)),
                ('received', models.PositiveIntegerField(blank=True, help_text='Kept when the rest is purged.', null=True)),
                ('taken_back', models.PositiveIntegerField(blank=True, null=True)),
                ('assessed', models.PositiveIntegerField(blank=True, null=True)),
                ('offered', models.PositiveIntegerField(blank=True, null=True)),
                ('accepted', models.PositiveIntegerField(blank=True, null=True)),
                ('declined', models.PositiveIntegerField(blank=True, null=True)),
                ('lapsed', models.PositiveIntegerField(blank=True, null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='groups.group')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='call', to='records.record')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'closes_at'], name='call_by_close')],
                'constraints': [models.CheckConstraint(condition=models.Q(('closes_at__gt', models.F('opens_at'))), name='call_closes_after_it_opens'), models.CheckConstraint(condition=models.Q(('seats__gt', 0)), name='call_for_a_seat_at_least'), models.CheckConstraint(condition=models.Q(('pass_mark__lte', 100)), name='call_pass_mark_of_100'), models.CheckConstraint(condition=models.Q(('term_starts_on', None), ('term_ends_on', None), ('term_ends_on__gte', models.F('term_starts_on')), _connector='OR'), name='call_term_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'withdrawn'), _negated=True), models.Q(('withdrawn_reason', ''), _negated=True), _connector='OR'), name='call_withdrawn_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Assessor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessing', to=settings.AUTH_USER_MODEL)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assessors', to='expressions.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('call', 'person'), name='assessor_once_at_a_time'), models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='assessor_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='CallSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='named_seats', to='expressions.call')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_seats', to='groups.seat')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'seat'), name='call_seat_once')],
            },
        ),
        migrations.CreateModel(
            name='Criterion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('name', models.CharField(max_length=120)),
                ('text', models.TextField(blank=True)),
                ('weight', models.PositiveSmallIntegerField(default=1)),
                ('maximum', models.PositiveSmallIntegerField(default=5)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='criteria', to='expressions.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'order'), name='criterion_order_once'), models.CheckConstraint(condition=models.Q(('weight__gt', 0), ('maximum__gt', 0)), name='criterion_counts')],
            },
        ),
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('method', models.CharField(choices=[('ranked', 'Ranked by score'), ('lottery', 'Fair lottery')], max_length=8)),
                ('inputs', models.TextField(help_text='The canonical text of everything the selection looks at.')),
                ('digest', models.CharField(help_text='SHA-256 of the inputs.', max_length=64)),
                ('distribution', models.TextField(blank=True, help_text='In a lottery: the panels with their tickets.')),
                ('distribution_digest', models.CharField(blank=True, max_length=64)),
                ('frozen_at', models.DateTimeField()),
                ('secret', models.CharField(blank=True, help_text='Random, drawn after the freeze was sealed.', max_length=64)),
                ('seal_number', models.PositiveBigIntegerField(blank=True, null=True)),
                ('seal_hash', models.CharField(blank=True, max_length=64)),
                ('seed', models.CharField(blank=True, help_text="SHA-256 of the secret and the seal's hash.", max_length=64)),
                ('drawn_at', models.DateTimeField(blank=True, null=True)),
                ('chosen', models.JSONField(default=list, help_text='References, in order.')),
                ('reserve', models.JSONField(default=list, help_text='References, in order.')),
                ('replaced_at', models.DateTimeField(blank=True, null=True)),
                ('replaced_reason', models.CharField(blank=True, max_length=300)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='expressions.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'number'), name='draw_number_once'), models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('call',), name='draw_one_in_force'), models.CheckConstraint(condition=models.Q(('replaced_at', None), models.Q(('replaced_reason', ''), _negated=True), _connector='OR'), name='draw_replaced_with_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Expression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('email', models.EmailField(max_length=254)),
                ('reference', models.CharField(help_text='Random; known to the person and to officers.', max_length=20, unique=True)),
                ('organisation_name', models.CharField(blank=True, help_text='Where it is not in the directory.', max_length=200)),
                ('state', models.CharField(choices=[('draft', 'Not sent yet'), ('submitted', 'Sent in'), ('taken-back', 'Taken back')], default='draft', max_length=10)),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When the address was proved.', null=True)),
                ('notice_at', models.DateTimeField(blank=True, help_text='When the collection notice was agreed to.', null=True)),
                ('created_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(blank=True, null=True)),
                ('late_until', models.DateTimeField(blank=True, null=True)),
                ('late_reason', models.CharField(blank=True, max_length=300)),
                ('ruled_out', models.CharField(blank=True, help_text='Why it takes no part in the selection.', max_length=300)),
                ('standing', models.CharField(blank=True, choices=[('', 'Not decided yet'), ('chosen', 'Chosen'), ('reserve', 'On the reserve list'), ('not-chosen', 'Not chosen')], default='', max_length=10)),
                ('place', models.PositiveIntegerField(blank=True, help_text='In the order of those chosen, or in reserve.', null=True)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='expressions', to='expressions.call')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expressions', to='directory.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='expressions', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'email'), name='expression_once_an_address'), models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('call', 'person'), name='expression_once_a_person'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'submitted'), _negated=True), models.Q(('notice_at__isnull', False), ('submitted_at__isnull', False)), _connector='OR'), name='expression_sent_with_notice')],
            },
        ),
        migrations.CreateModel(
            name='Declaration',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conflicted', models.BooleanField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('made_at', models.DateTimeField()),
                ('assessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declarations', to='expressions.assessor')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='declarations', to='expressions.expression')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('assessor', 'expression'), name='declaration_once')],
            },
        ),
        migrations.CreateModel(
            name='Answer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='expressions.criterion')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='expressions.expression')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('expression', 'criterion'), name='answer_once')],
            },
        ),
        migrations.CreateModel(
            name='Moderation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.DecimalField(decimal_places=2, max_digits=5)),
                ('reason', models.TextField()),
                ('given_at', models.DateTimeField()),
                ('is_current', models.BooleanField(default=True)),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moderations', to=settings.AUTH_USER_MODEL)),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moderations', to='expressions.criterion')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='moderations', to='expressions.expression')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('expression', 'criterion'), name='moderation_current_once')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting for an answer'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('lapsed', 'Lapsed'), ('too-late', 'Accepted when every place was filled'), ('taken-back', 'Taken back')], default='waiting', max_length=10)),
                ('offered_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('appointment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='offers', to='groups.appointment')),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='expressions.call')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='expressions.expression')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='groups.seat')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='offer_waiting_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('expression',), name='offer_waiting_once'), models.UniqueConstraint(condition=models.Q(('state', 'accepted')), fields=('expression',), name='offer_accepted_once'), models.UniqueConstraint(condition=models.Q(('seat__isnull', False), ('state', 'accepted')), fields=('call', 'seat'), name='offer_seat_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('family', models.SlugField(help_text='The family of traits: segment, size, state …', max_length=40)),
                ('text', models.CharField(max_length=200)),
                ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='questions', to='expressions.call')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call', 'family'), name='question_family_once'), models.UniqueConstraint(fields=('call', 'order'), name='question_order_once')],
            },
        ),
        migrations.CreateModel(
            name='Option',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order', models.PositiveSmallIntegerField()),
                ('value', models.SlugField(max_length=60)),
                ('label', models.CharField(max_length=120)),
                ('minimum', models.PositiveSmallIntegerField(blank=True, help_text='Of the seats, at least so many.', null=True)),
                ('maximum', models.PositiveSmallIntegerField(blank=True, help_text='Of the seats, at most so many.', null=True)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='expressions.question')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('question', 'value'), name='option_value_once'), models.CheckConstraint(condition=models.Q(('minimum', None), ('maximum', None), ('maximum__gte', models.F('minimum')), _connector='OR'), name='option_bounds_in_order')],
            },
        ),
        migrations.CreateModel(
            name='Choice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='choices', to='expressions.expression')),
                ('option', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='expressions.option')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='choices', to='expressions.question')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('expression', 'question'), name='choice_once')],
            },
        ),
        migrations.CreateModel(
            name='ReturnLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('created_at', models.DateTimeField()),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='return_links', to='expressions.expression')),
            ],
        ),
        migrations.CreateModel(
            name='Score',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('score', models.PositiveSmallIntegerField()),
                ('reason', models.TextField()),
                ('given_at', models.DateTimeField()),
                ('is_current', models.BooleanField(default=True)),
                ('assessor', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='expressions.assessor')),
                ('criterion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='scores', to='expressions.criterion')),
                ('expression', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='expressions.expression')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('assessor', 'expression', 'criterion'), name='score_current_once')],
            },
        ),
    ]
