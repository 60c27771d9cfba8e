import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from convenor.kit.migrating import TablesAtOnce


class Migration(TablesAtOnce):

    replaces = [('groups', '0001_initial'), ('groups', '0002_rule_overrides'), ('groups', '0003_proposals_and_closings'), ('groups', '0004_seats_and_joining'), ('groups', '0005_overlap'), ('groups', '0006_terms_of_reference'), ('groups', '0007_former_members'), ('groups', '0008_reports_back'), ('groups', '0009_initiatives_end')]

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('directory', '0001_initial'),
        ('engagement', '0003_longest_gap'),
        ('records', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Initiative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('summary', models.TextField(blank=True)),
                ('started_on', models.DateField(blank=True, null=True)),
                ('ended_on', models.DateField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('outcome', models.TextField(blank=True, help_text='What came of it.')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='initiative', to='records.record')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('started_on__isnull', True), ('ended_on__isnull', True), ('ended_on__gte', models.F('started_on')), _connector='OR'), name='initiative_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_on__isnull', True)), models.Q(('ended_on__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='initiative_ended_says_why')],
            },
        ),
        migrations.CreateModel(
            name='SeatRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('counts_under_caps', models.BooleanField(default=True, help_text='Bound by caps and by the rules of who may sit.')),
                ('votes', models.BooleanField(default=True, help_text='Whether a new seat votes, unless said otherwise.')),
                ('counts_to_quorum', models.BooleanField(default=True, help_text='The same for the quorum.')),
                ('default_for', models.CharField(blank=True, choices=[('appointed', 'Seats that somebody is appointed to'), ('follows', "Seats of an office or of another group's chair")], max_length=10)),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('default_for', ''), _negated=True), fields=('default_for',), name='seat_role_default_once')],
            },
        ),
        migrations.CreateModel(
            name='ChairRole',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=40, unique=True)),
                ('name', models.CharField(max_length=80)),
                ('leads', models.BooleanField(default=True, help_text="Counts as the group's chair or co-chair.")),
                ('order', models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Group',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(max_length=120, unique=True)),
                ('name', models.CharField(max_length=200)),
                ('acronym', models.CharField(blank=True, max_length=20)),
                ('is_ours', models.BooleanField(default=True, help_text="False: an outside body's group that we hold a seat in.")),
                ('purpose', models.TextField()),
                ('deliverable', models.TextField(blank=True)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('recruiting', 'Recruiting'), ('active', 'Active'), ('dormant', 'Dormant'), ('closed', 'Closed')], default='proposed', max_length=10)),
                ('started_on', models.DateField(blank=True, null=True)),
                ('closed_on', models.DateField(blank=True, null=True)),
                ('close_reason', models.CharField(blank=True, max_length=300)),
                ('review_due_on', models.DateField(blank=True, null=True)),
                ('sunset_on', models.DateField(blank=True, null=True)),
                ('members_see_contacts', models.BooleanField(default=False, help_text="Members read each other's e-mail addresses.")),
                ('host', models.ForeignKey(help_text='Who runs it: us, or another body.', on_delete=django.db.models.deletion.PROTECT, related_name='hosted_groups', to='directory.organisation')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='group', to='records.record')),
                ('type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='engagement.grouptype')),
                ('initiative', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='groups', to='groups.initiative')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('is_ours', False), ('type__isnull', False), _connector='OR'), name='group_of_ours_has_a_type'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), ('closed_on__isnull', False)), models.Q(models.Q(('state', 'closed'), _negated=True), ('closed_on__isnull', True)), _connector='OR'), name='group_closed_iff_closed_on')],
            },
        ),
        migrations.CreateModel(
            name='GroupMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('to', models.CharField(choices=[('everybody', 'Everybody who sits in it'), ('chairs', 'Those who chair it'), ('side', 'One side of the table')], max_length=10)),
                ('side', models.SlugField(blank=True, max_length=40)),
                ('subject', models.CharField(max_length=200)),
                ('text', models.TextField(blank=True, help_text='Emptied by date.')),
                ('sent_at', models.DateTimeField()),
                ('recipients', models.PositiveIntegerField(default=0)),
                ('purge_on', models.DateField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to='groups.group')),
                ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='group_mails', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JoinInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.SlugField(blank=True, max_length=40)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('invited_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='waiting', max_length=10)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('purge_on', models.DateField(blank=True, null=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_invitations', to='groups.group')),
                ('invited_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitations_to_join_made', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_invitations', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('group', 'person'), name='join_invitation_one_waiting')],
            },
        ),
        migrations.CreateModel(
            name='JoinRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.SlugField(blank=True, max_length=40)),
                ('named', models.BooleanField(default=False)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('accepted', 'Accepted'), ('declined', 'Declined'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='waiting', max_length=10)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('purge_on', models.DateField(blank=True, null=True)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='join_requests_answered', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_requests', to='groups.group')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='join_requests', to='directory.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='join_requests', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('group', 'person'), name='join_request_one_waiting')],
            },
        ),
        migrations.CreateModel(
            name='Overlap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('people', models.PositiveSmallIntegerField(default=0, help_text='Percent of the smaller one that sits in both.')),
                ('organisations', models.PositiveSmallIntegerField(default=0)),
                ('offices', models.PositiveSmallIntegerField(default=0)),
                ('subject', models.PositiveSmallIntegerField(default=0, help_text='How alike their words are, in percent.')),
                ('strength', models.PositiveSmallIntegerField(help_text='The largest of the four.')),
                ('at', models.DateTimeField()),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overlaps', to='groups.group')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='overlapped_by', to='groups.group')),
            ],
            options={
                'indexes': [models.Index(fields=['-strength', 'id'], name='overlap_strongest')],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='overlap_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='overlap_first_is_older')],
            },
        ),
        migrations.CreateModel(
            name='Parent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('approved_on', models.DateField(blank=True, null=True)),
                ('approval_note', models.CharField(blank=True, max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parents', to='groups.group')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='children', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('group', models.F('parent')), _negated=True), name='parent_is_another_group'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='parent_ends_after_start'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('group', 'parent'), name='parent_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='PlaceWatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='place_watches', to='groups.group')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='place_watches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'person'), name='place_watch_once')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proposed_by', models.CharField(blank=True, help_text='The office, body or group that proposes it.', max_length=200)),
                ('why', models.TextField(blank=True)),
                ('proposed_on', models.DateField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting for an answer'), ('returned', 'Returned for more work'), ('approved', 'Approved'), ('declined', 'Declined')], default='waiting', max_length=8)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='groups.group')),
                ('parent', models.ForeignKey(blank=True, help_text='Who is to approve it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals_to', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('group', models.F('parent')), _negated=True), name='proposal_to_another_group'), models.UniqueConstraint(condition=models.Q(('state', 'declined'), _negated=True), fields=('group', 'parent'), name='proposal_once_to_a_parent'), models.UniqueConstraint(condition=models.Q(('parent', None), models.Q(('state', 'declined'), _negated=True)), fields=('group',), name='proposal_once_to_nobody')],
            },
        ),
        migrations.CreateModel(
            name='ProposalStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('approved', 'Approved'), ('returned', 'Returned for more work'), ('declined', 'Declined'), ('proposed', 'Proposed again')], max_length=8)),
                ('on', models.DateField()),
                ('instrument', models.CharField(blank=True, help_text='The meeting or letter by which it was said.', max_length=300)),
                ('note', models.TextField(blank=True)),
                ('answered_as', models.CharField(blank=True, help_text='In which seat or office it was said.', max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('proposal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='groups.proposal')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('approved', 'proposed')), models.Q(('note', ''), _negated=True), _connector='OR'), name='proposal_step_says_why')],
            },
        ),
        migrations.CreateModel(
            name='RuleOverride',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text="Its place among the group's overrides: given once.")),
                ('rule', models.CharField(help_text='The key of the rule in the rule book.', max_length=40)),
                ('values', models.JSONField(default=dict)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('reason', models.CharField(max_length=300)),
                ('approved_by', models.CharField(help_text='The body or office that approved it, and where.', max_length=200)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='groups.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'number'), name='rule_override_number_once'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('group', 'rule'), name='rule_override_one_open_per_rule'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='rule_override_ends_after_start'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rule_override_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(help_text="Its place in the group's list: given once, never again.")),
                ('title', models.CharField(max_length=200)),
                ('basis', models.CharField(choices=[('office', 'Office'), ('organisation', 'Organisation'), ('segment', 'Segment'), ('individual', 'Individual'), ('chair-of', 'Chair of another group')], max_length=12)),
                ('constituency', models.SlugField(blank=True, max_length=40)),
                ('votes', models.BooleanField(default=True)),
                ('counts_to_quorum', models.BooleanField(default=True)),
                ('order', models.PositiveSmallIntegerField(default=0)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('chair_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='ex_officio_seats', to='groups.group')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='groups.group')),
                ('office', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='directory.office')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='directory.organisation')),
                ('segment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='directory.segment')),
                ('role', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='groups.seatrole')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('basis', 'office'), ('chair_of', None), ('office__isnull', False), ('organisation', None), ('segment', None)), models.Q(('basis', 'organisation'), ('chair_of', None), ('office', None), ('organisation__isnull', False), ('segment', None)), models.Q(('basis', 'segment'), ('chair_of', None), ('office', None), ('segment__isnull', False)), models.Q(('basis', 'individual'), ('chair_of', None), ('office', None), ('segment', None)), models.Q(('basis', 'chair-of'), ('chair_of__isnull', False), ('office', None), ('organisation', None), ('segment', None)), _connector='OR'), name='seat_exactly_one_basis'), models.CheckConstraint(condition=models.Q(('chair_of__isnull', True), models.Q(('chair_of', models.F('group')), _negated=True), _connector='OR'), name='seat_chair_of_another_group'), models.UniqueConstraint(fields=('group', 'number'), name='seat_number_once'), models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='seat_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='ReportBack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('met_on', models.DateField(help_text='The day of the meeting.')),
                ('subject', models.CharField(max_length=200)),
                ('said', models.TextField(help_text='What was said there.')),
                ('means', models.TextField(blank=True, help_text='What it means for us.')),
                ('filed_at', models.DateTimeField()),
                ('delegate', models.ForeignKey(blank=True, help_text='Who went.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports_back', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='groups.group')),
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='report_back', to='records.record')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='groups.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('subject', ''), _negated=True), models.Q(('said', ''), _negated=True)), name='report_says_something')],
            },
        ),
        migrations.CreateModel(
            name='Chairing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chairings', to='groups.chairrole')),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chairings', to='groups.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='chairing_ends_after_start'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('seat',), name='chairing_one_open_per_seat')],
            },
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(blank=True, help_text='Empty when it is not known.', null=True)),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('acting', models.BooleanField(default=False)),
                ('instrument', models.CharField(blank=True, help_text='The letter or decision that appointed them.', max_length=200)),
                ('end_reason', models.CharField(blank=True, max_length=300)),
                ('until', models.DateField(blank=True, help_text='The end of the term, where it ended before its time.', null=True)),
                ('named', models.BooleanField(default=True, help_text='False: those who may read the roster do not read who it is.')),
                ('joined', models.BooleanField(default=False, help_text='Came in by joining: when they leave, the place goes too.')),
                ('confirmed_at', models.DateTimeField(blank=True, help_text='When the person confirmed it by their link.', null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='groups.seat')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='appointment_ends_after_start'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('seat', 'acting'), name='appointment_one_open_per_seat')],
            },
        ),
        migrations.CreateModel(
            name='SunsetChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('was', models.DateField(blank=True, null=True)),
                ('until', models.DateField(blank=True, null=True)),
                ('on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sunset_changes', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='sunset_change_says_why')],
            },
        ),
        migrations.CreateModel(
            name='TermNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ends_on', models.DateField()),
                ('days', models.PositiveSmallIntegerField(help_text='Days before the end that the notice is for: 90 or 30.')),
                ('told_at', models.DateTimeField()),
                ('holder', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='term_notices_about', to=settings.AUTH_USER_MODEL)),
                ('recipient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='term_notices', to=settings.AUTH_USER_MODEL)),
                ('seat', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='term_notices', to='groups.seat')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('seat', 'holder', 'recipient', 'ends_on', 'days'), name='term_notice_once')],
            },
        ),
        migrations.CreateModel(
            name='TermsOfReference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('change_note', models.CharField(blank=True, help_text='What is different from the one before.', max_length=300)),
                ('drafted_at', models.DateTimeField()),
                ('sent_on', models.DateField(blank=True, help_text='When those who chair were asked to endorse it.', null=True)),
                ('endorsed_on', models.DateField(blank=True, null=True)),
                ('in_force_from', models.DateField(blank=True, null=True)),
                ('in_force_to', models.DateField(blank=True, null=True)),
                ('review_due_on', models.DateField(blank=True, null=True)),
                ('audience', models.ForeignKey(blank=True, help_text='Who reads it while it is a draft.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='records.audience')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='groups.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'number'), name='terms_number_once'), models.UniqueConstraint(condition=models.Q(('endorsed_on', None)), fields=('group',), name='terms_one_draft'), models.UniqueConstraint(condition=models.Q(('in_force_from__isnull', False), ('in_force_to', None)), fields=('group',), name='terms_one_in_force'), models.CheckConstraint(condition=models.Q(('in_force_from__isnull', True), models.Q(('endorsed_on__isnull', False), ('in_force_from__gte', models.F('endorsed_on'))), _connector='OR'), name='terms_in_force_when_endorsed'), models.CheckConstraint(condition=models.Q(('in_force_to__isnull', True), models.Q(('in_force_from__isnull', False), ('in_force_to__gte', models.F('in_force_from'))), _connector='OR'), name='terms_end_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('audience__isnull', False), ('endorsed_on__isnull', True)), models.Q(('audience__isnull', True), ('endorsed_on__isnull', False)), _connector='OR'), name='terms_draft_has_an_audience')],
            },
        ),
        migrations.CreateModel(
            name='TermsEndorsement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField()),
                ('endorsed_by', models.CharField(help_text='The body, office or seat.', max_length=200)),
                ('instrument', models.CharField(blank=True, help_text='The meeting, decision or letter.', max_length=300)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('recorded_at', models.DateTimeField()),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='endorsements', to='groups.termsofreference')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('endorsed_by', ''), _negated=True), name='endorsement_says_by_whom')],
            },
        ),
        migrations.CreateModel(
            name='TermsSection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=30)),
                ('text', models.TextField()),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='groups.termsofreference')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('terms', 'key'), name='terms_section_once')],
            },
        ),
        migrations.CreateModel(
            name='FormerMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, help_text='As what, in a few words: chair, emeritus lead.', max_length=120)),
                ('began', models.CharField(blank=True, help_text='A year, a month or a day, where it is known.', max_length=10)),
                ('ended', models.CharField(blank=True, help_text='A year, a month or a day, where it is known.', max_length=10)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_memberships', to=settings.AUTH_USER_MODEL)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='former_members', to='groups.group')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('group', 'person', 'role', 'began'), name='former_member_once')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.TextField()),
                ('on', models.DateField()),
                ('link', models.URLField(blank=True, max_length=300)),
                ('note', models.CharField(blank=True, max_length=300)),
                ('completes', models.BooleanField(default=False)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('what', ''), _negated=True), name='delivery_says_what'), models.UniqueConstraint(condition=models.Q(('completes', True)), fields=('group',), name='delivery_completes_once')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('delivered', 'It delivered what it was to deliver'), ('sunset', 'Its time was over'), ('merged', 'It became part of another group'), ('split', 'It was split into other groups'), ('declined', 'It was proposed and declined'), ('other', 'Another reason')], max_length=9)),
                ('on', models.DateField()),
                ('reason', models.CharField(max_length=300)),
                ('reopened_on', models.DateField(blank=True, null=True)),
                ('reopen_reason', models.CharField(blank=True, max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('delivered', 'sunset', 'merged', 'split', 'declined', 'other'))), name='closure_kind_known'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='closure_says_why'), models.UniqueConstraint(condition=models.Q(('reopened_on', None)), fields=('group',), name='closure_one_at_a_time'), models.CheckConstraint(condition=models.Q(('reopened_on__isnull', True), ('reopened_on__gt', models.F('on')), _connector='OR'), name='closure_reopened_after')],
            },
        ),
        migrations.CreateModel(
            name='Admission',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('nobody', 'Nobody joins by themselves'), ('open', 'Anybody joins'), ('request', 'On request'), ('invitation', 'By invitation')], max_length=10)),
                ('side', models.SlugField(blank=True, help_text='The side of the table that those who join sit on.', max_length=40)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='admissions', to='groups.group')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='admission_ends_after_start'), models.UniqueConstraint(condition=models.Q(('ends_on', None)), fields=('group',), name='admission_one_open_per_group')],
            },
        ),
    ]
