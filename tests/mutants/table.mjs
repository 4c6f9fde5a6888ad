// One-line faults, each of which a unit program must find out (run.mjs): the program, the file, and pairs of
// what stands there and what stands there instead.  Where a change is of a header or a list of rows, `compiled`
// names the files that take it in.
const rows = [];
const of = (program, file, ...changes) => changes.forEach(([from, to, compiled]) => rows.push({ program, file, from, to, compiled }));

// ---- what a parcel costs (domain.md §5) ----
of('price/fee', 'lib/domain/price/fee.c',
    ['if (elapsed > free_s)', 'if (elapsed > free_s + 1)'],
    ['free_s + DAY_SECONDS - 1) / DAY_SECONDS', 'free_s) / DAY_SECONDS'],
    ['r->free_hours * 3600', 'r->free_hours * 3599'],
    ['- closed_seconds(received_at, end, closures, n)', '- 0 * closed_seconds(received_at, end, closures, n)'],
    ['f.base_fee + f.storage_fee', 'f.storage_fee'],
    ['f.days * r->storage_per_day', 'f.days * r->base_fee'],
    ['closures, n) + 1;', 'closures, n);'],
    ['f.total + r->storage_per_day', 'f.total'],
    ['        if (start < from)', '        if (start > from)']);
of('price/rate', 'lib/domain/price/rate.c', ['o.valid_from <= $1', 'o.valid_from < $1'], ['SELECT max(o.valid_from)', 'SELECT min(o.valid_from)']);
of('price/rate', 'lib/domain/price/rate_change.c',
    ['AHEAD_DAYS 730', 'AHEAD_DAYS 7300'],
    ['if (in->valid_from < today)', 'if (in->valid_from < today - 1)'],
    ['in->valid_from < first && !in->known', 'in->valid_from < first - 1 && !in->known'],
    ['r.valid_from <= x->c->now', 'r.valid_from < 0'],
    ['start > c->now ? start : c->now + 1', 'start'],
    ['= opened ? setting_read', '= true ? setting_read'], ['received_at IS NOT NULL LIMIT 1', 'received_at IS NULL LIMIT 1']);
of('price/rate', 'lib/domain/price/closure.c', ['AROUND_DAYS 366 ', 'AROUND_DAYS 3660 '], ['d.day <= clock_day(x->c->now)', 'd.day < clock_day(x->c->now)'],
    ['in->day <= today && !in->known', 'in->day < today && !in->known']);

// ---- whom a webhook may reach, and when it is told no more ----
of('base/address', 'lib/base/address.c',
    ['{ 0x64400000, 10 },', '{ 0x64400000, 11 },'], ['{ 0xa9fe0000, 16 },', '{ 0xa9fe0000, 17 },'], ['bits_same(first, 0x20000000, 3)', 'true']);
of('outbox/webhook', 'lib/domain/outbox/webhook_delivery.c',
    ['now - since >= WEBHOOK_PAUSE_S && !g->clock_doubted', 'now - since >= WEBHOOK_PAUSE_S'],
    ['return g->trial ? OK : program_failed_tx(c, g)', 'return program_failed_tx(c, g)'], ["created_at < $1 AND state <> 'pending'", 'created_at < $1']);
of('outbox/webhook', 'lib/domain/ground/news.c', ['AND paused_at IS NULL', '']);

// ---- states of a package ----
of('parcel/change', 'lib/domain/parcel/claim.h', ['EXPIRE_DAYS 30', 'EXPIRE_DAYS 20', ['lib/domain/parcel/package_change.c']]);
of('custody/claim_end', 'lib/domain/parcel/claim_end.c', ["id <> $3 AND at >= $4", "id <> $3"],
    ['all.v[i].at >= c->now - EXPIRE_DAYS * DAY_SECONDS', 'true'], ['.unmet = true', '.unmet = false'],
    ['claim_pass_tx(c, old, &p, delay)', 'OK']);
of('parcel/change', 'lib/domain/parcel/package_change.c',
    ['EXPIRE_DAYS * DAY_SECONDS', '(EXPIRE_DAYS + 1) * DAY_SECONDS'],
    ['return words_of(cancel_reasons, reason) != NULL &&', 'return true || words_of(cancel_reasons, reason) != NULL &&'],
    ['streq(in->reason, "otro") && is_blank(in->text)', 'false && is_blank(in->text)'],
    ["state = 'ANUNCIADO' AND announced_at < $1", "announced_at < $1"],
    ["cancel_text = $3, position_id = NULL", "cancel_text = $3"],
    ['    e = position_release_tx(c, p->position_id);\n    if (e == OK)\n        e = incident', '    e = OK;\n    if (e == OK)\n        e = incident']);
of('parcel/change', 'lib/domain/custody/undo.c',
    ['c->now - x->u.at > c->conf->undo_s', 'c->now - x->u.at > 10 * c->conf->undo_s'],
    ['x->u.user != c->user_id', 'x->u.user > 9'],
    ['return x->later != 0 ?', 'return x->later < 0 ?'],
    ['e = notify_withdraw_tx(c, u->id, u->event)) != OK', 'e = OK) != OK']);
of('parcel/change', 'lib/base/conf.def', ['CONF_INT(undo_s, 30,', 'CONF_INT(undo_s, 300,', ['lib/base/conf.c']]);

// ---- time limits of the law and of domain.md ----
of('custody/retention', 'lib/domain/ground/setting.def', ['"retention.photo_days", SETTING_INT, "30"', '"retention.photo_days", SETTING_INT, "3"', ['lib/domain/ground/setting.c']]);
of('custody/retention', 'lib/domain/custody/retention.c', ['coalesce(p.delivered_at, p.cancelled_at) < $1', 'coalesce(p.received_at, p.cancelled_at) < $1']);
of('message/hours', 'lib/domain/message/hours.c',
    ['{ 0, 0 }, { 7, 19 }, { 7, 19 }', '{ 0, 0 }, { 6, 19 }, { 7, 19 }'],
    ['{ 7, 19 }, { 8, 15 }', '{ 7, 19 }, { 8, 16 }'],
    ['holiday_name(day) != NULL || ', ''],
    ['t >= start + hours[weekday].to * HOUR', 't > start + hours[weekday].to * HOUR'],
    ["class <> 'informativa'", "class = 'publicidad'"],
    ["state IN ('sending', 'sent', 'delivered', 'unknown')", "state IN ('delivered')"],
    ['start, start + DAY_SECONDS, message_id) == 0', 'start, start + 3600, message_id) == 0']);
of('parcel/package', 'lib/domain/ground/operation.c', ['SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1 AND expires_at > $2', 'SELECT fingerprint, answer FROM idempotency_keys WHERE key = $1 AND $2 > 0']);
of('local/holiday', 'lib/local/holiday.c', ['{ AFTER_EASTER, 0, 43,', '{ AFTER_EASTER, 0, 42,'], ['{ NEXT_MONDAY, 6, 29,', '{ FIXED, 6, 29,'], ['(8 - clock_date', '(9 - clock_date']);
of('message/notification', 'lib/domain/outbox/notification_reminders.c', ['IN (1, 3, 7, 25)', 'IN (1, 3, 7, 30)'],
    ["AND np.event = 'pickup_reminder'", "AND np.event = 'payment_due'"]);
of('people/sign_in', 'lib/domain/people/session.c', ['IDLE_S (12 * 3600)', 'IDLE_S (48 * 3600)'], ['LIFE_S (24 * 3600)', 'LIFE_S (240 * 3600)'],
    ['define LIVE " s.expires_at > $2 AND', 'define LIVE " s.expires_at > 0 AND'], ['WHERE s.token_hash = $1 AND u.is_active = 1 AND', 'WHERE s.token_hash = $1 AND']);
of('people/pin', 'lib/domain/people/pin.c', ['role_parse(u->role) < in->least', 'false'], ['AND u.is_active = 1");', '");'],
    ['throttle_take_tx(x->c, x->session_key, THROTTLE_FREE)', 'OK'],
    ['throttle_forgive_tx(x->c, x->session_key)', 'throttle_clear_tx(x->c, x->session_key)'], ['throttle_forgive_tx(x->c, x->owner_key)', 'throttle_clear_tx(x->c, x->owner_key)'], ['|| is_year(digits_at(pin, 0, 4));', ';']);
of('people/pin', 'lib/domain/people/approval.c', ['!streq(a->of, digest)', 'false'], ["AND role = 'ADMIN'", ''], ['amount > set :', 'amount >= set :']);
of('people/pin', 'lib/domain/people/session.c', ['c->role = ROLE_OPERADOR', 'c->role = ROLE_ADMIN'], ['in.expires_at, &ends_at', 'in.user_id, &ends_at']);
of('people/sign_in', 'lib/domain/people/user_link.c', ['HOUR_S 3600', 'HOUR_S 7200']);
of('people/staff', 'lib/domain/people/user_link.c', ['72 * HOUR_S', '24 * HOUR_S'], ['AND r.kind = $2 AND', 'AND $2 <> $3 AND']);
of('people/staff', 'lib/domain/people/user_change.c', ['AND joined_at IS NOT NULL', ''], ['u.id == c->user_id', 'false'], ['c->actor != ACTOR_USER ||', 'true ||'], ['c->actor == ACTOR_USER && text_is', 'false && text_is'],
    ['user_by_token(c) && streq(out->role', 'false && streq(out->role'], ['user_by_token(c) && (other_role ||', 'false && (other_role ||']);
of('people/sign_in', 'lib/domain/people/password_reset.c', ['AN_HOUR 3 ', 'AN_HOUR 30 '],
    ['        e = session_end_all_tx(c, user_id);', '        e = OK;']);
of('people/sign_in', 'lib/domain/ground/throttle.c', ['WAIT_FIRST 30', 'WAIT_FIRST 3'], ['WAIT_MOST 900', 'WAIT_MOST 90'], ['FORGOTTEN_AFTER 3600', 'FORGOTTEN_AFTER 36'],
    ['ip[3] = 0;', 'ip[3] |= 1;'], ['s.count >= free ?', 's.count > free ?'], ['s.count < most ||', 's.count <= most ||'],
    ['s.count + n > most', 's.count + n > most + 1']);
of('people/totp', 'lib/domain/people/totp.c', ['throttle_take_tx(c, x->session_key, THROTTLE_FREE)', 'OK'], ['throttle_take_tx(c, x->user_key, THROTTLE_FREE)', 'OK'],
    ['t->known ? throttle_network(c) : ""', '""'], ['AND used_at IS NULL");\nstatic const struct stmt drop_codes', 'AND $3 > 0");\nstatic const struct stmt drop_codes'], ['AND last_step < $2', 'AND $2 > 0']);
of('people/sign_in', 'lib/domain/people/token.c', ['AND t.revoked_at IS NULL AND', 'AND'], ['t.expires_at > $2', 't.expires_at > 0']);

// ---- roles, scopes, where a request comes from ----
of('app/roles', 'lib/app/actor.c',
    ['k->c.role < rt->role', 'k->c.role + 1 < rt->role'],
    ['rt->role == ROLE_NONE)', 'rt->role == ROLE_NONE && false)'],
    ['k->session.id == 0 && k->token.id == 0', 'k->session.id == 0 && k->token.id != 0'],
    ['scope != NULL && !token_has_scope(&k->token, scope)', 'scope == NULL'],
    ['(e = scope_check(k, rt->scope)) != OK', '(e = OK) != OK'],
    ['if (k->session.must_change)', 'if (false)'],
    ['(answer & LOCAL) && !is_loopback(k->http.address)', 'false']);
of('app/roles', 'lib/app/csrf.c',
    ['site != NULL && !streq(site, "same-origin")', 'false'],
    ['return site != NULL;', 'return true;'],
    ['return streq(origin, arena_printf', 'return has_prefix(origin, "http") || streq(origin, arena_printf'],
    ['same_text(sent, k->session.csrf)', 'sent != NULL'],
    ['(rt->answer & CSRF_FORM) && form_fits(k, sent)', 'form_fits(k, sent)'],
    ['FORM_SECONDS (12 * 3600)', 'FORM_SECONDS (1200 * 3600)']);
of('people/sign_in', 'lib/domain/people/token.c', ['role_parse(db_text(&q, 11))', 'ROLE_ADMIN']);
of('money/cash', 'lib/domain/money/payment_reverse.c', ['!approval_needed(c, APPROVE_REVERSAL, 0)', 'true'], ['p.reverses != 0', 'p.reverses < 0'],
    ['cash_expected(c, drawer) < 0', 'cash_expected(c, drawer) < -1000000'], ['SELECT package_id, operation_id, -amount', 'SELECT package_id, operation_id, amount']);
of('money/cash', 'lib/domain/money/cash.c', ['!approval_needed(c, APPROVE_CLOSING, 0)', 'true'], ['AND $3 NOT IN (opened_by, counted_by, closed_by)', 'AND $3 NOT IN (opened_by)'],
    ['cash_expected(c, x->id) + amount < 0', 'cash_expected(c, x->id) + amount < -1'], ['difference != 0 && is_blank', 'difference > 0 && is_blank'],
    ["AND p.method = 'efectivo'), 0)", '), 0)'], ['sum += in->pieces[i] * denominations[i].value', 'sum += denominations[i].value']);

// ---- money and proofs of a hand-over ----
of('money/payment', 'lib/domain/money/payment_record.c', ['in->amount > most', 'in->amount > most + 1']);
of('handover/delivery', 'lib/domain/handover/deliver_check.c', ['if (!in->identity_checked)', 'if (false)'], ['streq(in->override_reason, "otro") && is_blank', 'false && is_blank'],
    ['in->discount > 0 && is_blank(in->discount_reason)', 'false'], ['in->count > HANDOVER_MAX', 'in->count > 10000']);
of('parcel/package', 'lib/domain/handover/proof.c', ['WRONG_MAX 5 ', 'WRONG_MAX 50 '], ['WRONG_PAUSE_S 60 ', 'WRONG_PAUSE_S 6 '], ['WRONG_WINDOW_S 600 ', 'WRONG_WINDOW_S 60 ']);
of('parcel/package', 'lib/domain/parcel/pickup.c', ['"%06u", n % 1000000u', '"%06u", n % 100000u'], ['"%lld:%lld", (long long)p->id, (long long)p->pickup_version', '"%lld:%lld", (long long)p->id, 1LL']);

// ---- budgets ----
of('message/budget', 'lib/domain/message/budget.c', ['all + cost > budget', 'all > budget'],
    ['clock_from_date(d.year, d.month, 1), month', 'clock_day_start(clock_day(now)), month'], ['if (budget_is_share(message', 'if (!budget_is_share(message'],
    ['*over || of_100 == 100)', '*over || of_100 != 100)'], ['waits && period_affords', '!waits && period_affords'],
    ['FIRST_HOUR 7 ', 'FIRST_HOUR 3 ']);
of('message/notification', 'lib/domain/ground/setting.def', ['"sms.budget_day", SETTING_INT, "50000"', '"sms.budget_day", SETTING_INT, "500000"', ['lib/domain/ground/setting.c']]);
of('handover/delivery', 'lib/domain/handover/authorization.h', ['AUTHORIZATIONS_A_DAY 6 ', 'AUTHORIZATIONS_A_DAY 60 ', ['lib/domain/handover/authorization.c']]);

// ---- claims ----
of('custody/claim', 'lib/domain/parcel/claim.h', ['CLAIMS_MAX 3 ', 'CLAIMS_MAX 30 ', ['lib/domain/parcel/claim.c']]);
of('custody/claim', 'lib/domain/parcel/claim.c', ['text_is(k->compared, "documento")', '!text_is(k->compared, "nada")'],
    ['s.proved && s.open == 0 ?', 'false ?'], ['(alike && !names_alike(', '(false && !names_alike('], ['streq(p->state, "ENTREGADO") ? CLAIM_HANDED_OVER', 'false ? CLAIM_HANDED_OVER']);

// ---- whose a parcel and a name are ----
of('parcel/guide_owner', 'lib/domain/parcel/package_receive.c', ['|| guide_is_anothers(c, p, to)', '|| !guide_is_anothers(c, p, to)']);
of('people/customer', 'lib/domain/handover/deliver.c', ['h->receiver != NULL && h->document_last4 != NULL', 'h->receiver != NULL']);
of('queue/doubt', 'lib/queue/doubt.c', ['LEAP_S || astray < -DOUBT_BEHIND_S', 'LEAP_S || astray < -LEAP_S'],
    ['jumped && !clock_came_back(x)', 'jumped'], ['return &believe_back', 'return &believe'], ['    if (x->begins)', '    if (false)']);
of('queue/doubt', 'lib/jobs/clock_mend.c', ['#define EARLY " e.id > t.event_id AND e.at"', '#define EARLY " e.at"']);

// ---- hashes ----
of('parcel/package', 'lib/domain/parcel/event.c', ['    hash_part(&b, e->details);\n', ''], ['    hash_part(&b, e->state_after);\n', ''], ['    buf_add(&b, previous, n);\n', ''],
    ['(long long)e->user_id, (long long)e->undoes);', '(long long)e->user_id, 0LL);'], ['!same_bytes(stored, hash, n)', 'false']);
of('people/sign_in', 'lib/domain/ground/audit.c', ['    hash_add_text(&b, e->details);\n', ''], ['    hash_add_text(&b, e->address);\n', ''], ['    buf_add(&b, before, HASH_BYTES);\n', ''],
    ['(long long)e->object_id);', '0LL);'], ['memcmp(kept, hash, n) != 0', 'false']);
of('crypto/sign', 'lib/crypto/token.c', ['expires <= now', 'expires < now - 60'], ['hmac256(sum, key, text, strlen(text))', 'sha256(sum, text, strlen(text))']);
of('crypto/password', 'lib/crypto/password.c', ['MEMORY (19456u * 1024u)', 'MEMORY (8192u * 1024u)'], ['OPS 2', 'OPS 1'], ['AT_ONCE 2', 'AT_ONCE 3']);

// ---- fences and tries of jobs ----
of('queue/job', 'lib/queue/claim.c',
    ["run_at = $5, last_error = $6, worker = NULL, lease_until = NULL,\"\n    \" lease_wall = NULL, crashes = crashes + $8", "run_at = $5, last_error = $6, worker = NULL, lease_until = NULL,\"\n    \" lease_wall = NULL, crashes = $8"],
    ["WHERE id = $1 AND state = 'running' AND attempt = $2 AND worker = $3\");\n/* A snoozed", "WHERE id = $1 AND state = 'running' AND worker = $3\");\n/* A snoozed"],
    ['j->attempt >= j->max_attempts', 'j->attempt > j->max_attempts'], ['return e == OK && changed != 1 ? E_CONFLICT : e;', 'return e;'],
    ['attempt = attempt + 1, worker = $3', 'worker = $3']);
of('send/outcomes', 'lib/queue/claim.c', ['BACKOFF_FIRST_S 15', 'BACKOFF_FIRST_S 1'], ['BACKOFF_MAX_S (6 * 3600)', 'BACKOFF_MAX_S (60 * 3600)']);
of('queue/limits', 'lib/queue/claim.c', ['BREAKER_FIRST_S 30', 'BREAKER_FIRST_S 3']);
of('queue/limits', 'lib/queue/job.h', ['BREAKER_FAILURES 5 ', 'BREAKER_FAILURES 50 ', ['lib/queue/claim.c']]);
of('queue/doubt', 'lib/queue/doubt.c', ['LEAP_S (25 * 3600)', 'LEAP_S (250 * 3600)'], ['STEADY_S 3600 ', 'STEADY_S 36 ']);

// ---- whose an e-mail is, and who wants no messages ----
of('custody/claim_email', 'lib/domain/parcel/email_proof.c',
    ['c->actor != ACTOR_USER && differs', 'false && differs'],
    ['is_waited_for(p) && p->announced_email != NULL', 'false'],
    ['&& !email_is_said(c, p) && package_own_email(c, p) == NULL', '&& !email_is_said(c, p)'],
    ['differs && !email_is_said(c, p)', 'differs'],
    ['if (!email_is_news(c, p, email) || email_is_said(c, p))', 'if (!email_is_news(c, p, email))'],
    ['p.customer_id = $2 AND p.announced_at = $3', 'p.customer_id = $2']);
of('custody/claim_email', 'lib/domain/parcel/claim.c', ['who->email == NULL || text_is(k->email, who->email) ||', 'true ||']);
of('message/notification', 'lib/domain/people/opt_out.c',
    ['o->own = streq(hash, o->address_hash);', 'o->own = true;'],
    ['"%lld-%c-%s", (long long)customer_id', '"%lld-%c-%s", 0LL * customer_id'],
    ['SELECT 1 FROM opt_outs WHERE channel = $1', 'SELECT 1 FROM opt_outs WHERE channel <> $1']);
of('message/untrue', 'lib/domain/people/user_link.c', ['key == NULL ? E_INTERNAL : db_one(c->db, &q, &by_id', 'key == NULL ? E_NOT_FOUND : db_one(c->db, &q, &by_id']);

// ---- what strangers write: whose names are one person's, what a message says ----
of('people/customer', 'lib/local/name.c', ['mine.n == theirs.n ||', 'true ||'], ['DOUBTLESS 3 ', 'DOUBTLESS 2 ']);
of('parcel/package', 'lib/domain/handover/deliver_quote.c', ['if (proof_opens(c, proof, &boxes->v[i]))', 'if (proof_opens(c, proof, &boxes->v[i]) || true)']);
of('custody/claim_end', 'lib/domain/parcel/claim.c', ['.stranger = t->ends || !t->reserve', '.stranger = false'], ['.stranger = t->ends || !t->reserve', '.stranger = t->ends']);
of('people/customer', 'lib/local/name.c', ['(shared >= 2 && (', '(shared >= 1 && ('], ['strpbrk(word, "0123456789") == NULL', 'true'],
    ['known.n > 0 && mine.n <= known.n + WORDS_MORE && words_shared(&known, &mine) == known.n', 'words_shared(&known, &mine) > 0'],
    ['&& mine.n <= known.n + WORDS_MORE', '']);
of('base/text', 'lib/local/name_told.c', ['INITIALS_MOST 3 ', 'INITIALS_MOST 30 '], ['!= 1 || !is_given_name', '!= 1 || false && !is_given_name'],
    ['TOLD_WORDS 5', 'TOLD_WORDS 50'], ['TOLD_MOST 40 ', 'TOLD_MOST 400 '],
    ['return letter_script(c) == script;', 'return true;']);
of('parcel/courier', 'lib/domain/parcel/guide_told.c', ["(s[0] == '3' && ", "(s[0] == '9' && "], ['letters > LETTERS_MOST || ', '']);
of('message/notification', 'lib/local/normal.c', ['"+-=#/%"', '"+"'], ["if (*p != '.' || ", 'if (true || ']);
of('custody/claim_email', 'lib/domain/public/customer_email.c', ['e = opened ? email_become_own_tx', 'e = true ? email_become_own_tx']);
// ---- settings: secrets, versions, what an account proves ----
of('ground/setting', 'lib/crypto/seal.c', ['NULL, out, key)', 'NULL, out, (const unsigned char *)"0123456789abcdef0123456789abcde")'],
    ['(const unsigned char *)what, strlen(what), in, key) == 0', '(const unsigned char *)what, 0 * strlen(what), in, key) == 0']);
of('ground/setting', 'lib/domain/ground/setting_change.c', ['x->version != 0 && x->version != version', 'false'],
    ['if (setting_table[s].type == SETTING_SECRET) {', 'if (false) {'], ["*value == '\\0' || setting_table[s].type != SETTING_SECRET", 'true']);
of('console/first_step', 'lib/domain/console/first_step.c', ["state IN ('sent', 'delivered')", "state IN ('sent', 'failed')"],
    ['AND sent_at >= $1', 'AND 0 <= $1']);
of('base/colour', 'lib/base/colour.c', ['TEXT_CONTRAST 4.7', 'TEXT_CONTRAST 4.0']);

export const mutants = rows;
