// Pages that the route tables name, all of them, and the states that a page can be in, for
// people who see little, hear the page or use no mouse: axe-core finds nothing, in light
// and dark, on a desk and a phone, and the Tab key goes through all of it in sight.
// Long: half a minute and more.
import { strict as assert } from 'node:assert';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser, DESK, PHONE } from '../helpers/browser.mjs';
import { jpeg_photo } from '../helpers/image.mjs';
import { address_of, all_routes, forms_amiss, to_pattern } from '../helpers/routes.mjs';
import { announce, announced, announced_by_mail, email_link, hand_over, key, new_guide, new_phone,
    on_shelf, photo_link, pickup_code, received } from '../helpers/shop.mjs';
import { PEOPLE, System, poll } from '../helpers/system.mjs';
import { LOW, NARROW, UPRIGHT, tab_walk } from '../helpers/tab_walk.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
// Two looks that share nothing: contrast goes by the colours, sizes by the device.
const LOOKS = [[DESK, 'light'], [PHONE, 'dark']];

const polled = (r) => r.answer.includes('POLLED');
const routes = all_routes();
const pages = routes.filter((r) => r.method === 'GET' && r.answer.includes('PAGE') && !polled(r));
// The people as whom a row's page is looked at: an ADMIN sees a little more on it.
const WHO = { PUBLIC: ['PUBLIC'], USUARIO: ['OPERADOR', 'ADMIN'], OPERADOR: ['OPERADOR', 'ADMIN'], ADMIN: ['ADMIN'] };
// Addresses that only lead elsewhere: what they lead to has a row of its own.
const LEADS_ON = ['/', '/admin', '/auth/totp', '/deliver/{customer}', '/deliver/quote', '/deliver/box', '/customers', '/customers/suggest', '/customers/check-duplicate',
    '/t/{token}/opt-out'];
// Parts that a script fetches into a page, by their address: who sees the page, where it is, what makes it ask, and
// what then shows; and the part to look at, where what shows lies over the page, which it may cover.
const PARTS = {
    '/admin/jobs/figures': ['ADMIN', () => '/admin/jobs', () => {}, '#workers'],
    '/inquiries/waiting': ['OPERADOR', () => '/messages', (page) => page.evaluate(() => {
        localStorage.setItem('inquiries', JSON.stringify({ at: 0, text: '' }));
        document.dispatchEvent(new Event('visibilitychange'));
    }), '[data-inquiries]'],
    '/deliver/box': ['OPERADOR', () => `/deliver?package=${parcels.shelved.id}`, async (page) => {
        await page.locator('#box').fill(parcels.unknown.guide_number);
        await page.locator('#box').press('Enter');
    }, '#wrong[open]'],
    '/announce/fees': ['PUBLIC', () => '/announce', async (page) => {
        await page.locator('details', { has: page.locator('#f-days') }).evaluateAll((all) => all.forEach((el) => { el.open = true; }));
        await page.locator('#f-days').fill('4');
    }, '#fees-result'],
    '/customers/suggest': ['OPERADOR', () => `/packages/${parcels.unknown.id}`, (page) => page.locator('#f-who').fill('Rosa'), '[data-people]'],
    '/photo-links/{form}': ['OPERADOR', () => `/receive?guide=${parcels.announced.guide_number}`,
        (page) => page.getByRole('button', { name: 'Con el celular' }).click(), '.photo-link'],
    '/customers/check-duplicate': ['OPERADOR', () => '/customers/new', async (page) => {
        await page.locator('#f-name').fill('Rosa Prueba');
        await page.locator('#f-no_phone').check();
    }, '#twins .notice'],
    '/find': ['OPERADOR', () => '/dashboard', (page) => page.locator('#omnibox').fill('Rosa'), '#found a', '.omnibox'],
    '/notifications/templates/package_received/sms/preview': ['ADMIN', () => '/notifications/templates/package_received/sms',
        (page) => page.locator('#f-body').fill('Su paquete {guia} llegó'), '#preview'],
};

let s, browser;
let letters;                         // the links that people only get by mail
const windows = {};                  // a role or PUBLIC → its window
const turns = {};                    // a role or PUBLIC → the promise that its window is free
const parcels = {};                  // state → row
const told = {};                     // ids of a program that is told, of what it was told, of a paused one
const quotes = {};                   // a role → the hand-over that it began by code

before(async () => {
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000, webhook_loopback: 'yes' });
    browser = await Browser.start(s);
    await s.sql("INSERT INTO settings (key, value, changed_at) VALUES ('whatsapp.number_id', '1', 0), ('whatsapp.token', 'x', 0)");
    const resident = s.client(), oper = await s.as('OPERADOR');
    const phone = new_phone();
    parcels.announced = await announced(s, resident, { phone });
    parcels.shelved = await received(s, oper, (await announced_by_mail(s, resident, { phone, email: 'rosa@example.com',
        carrier: 'Envía', declared_value: '120000' })).guide_number,
        { condition: 'ABIERTO', observations: 'Cinta rota' }, [jpeg_photo()]);
    parcels.unknown = await received(s, oper, new_guide());
    parcels.delivered = await on_shelf(s, resident, oper);
    await hand_over(oper, await pickup_code(resident, parcels.delivered), { method: 'nequi', reference: 'N-1', signature: 'M10 10L200 90' });
    parcels.held = await on_shelf(s, resident, oper);
    assert.equal((await oper.submit(await oper.get(`/deliver?package=${parcels.held.id}`), `/packages/${parcels.held.id}/incidents`,
        { outcome: 'rechazado', note: 'Dice que no lo pidió' })).status, 303);
    parcels.disputed = await received(s, oper, (await announced(s, resident, { phone: new_phone() })).guide_number);
    await announce(resident, { name: 'Pedro Rival', guides: parcels.disputed.guide_number });
    for (const who of ['OPERADOR', 'ADMIN']) {
        const clerk = await s.as(who), form = { code: await pickup_code(resident, parcels.shelved) };
        quotes[who] = (await clerk.submit(await clerk.get('/deliver'), '/deliver/quote', form)).location.split('/').pop();
    }
    const asked = await resident.submit(await resident.get(`/t/${parcels.held.public_token}/question`), `/t/${parcels.held.public_token}/inquiries`,
        { content: '¿Puede recogerlo mi hermano el sábado?' });
    assert.equal(asked.status, 303, asked.words);
    assert.equal((await resident.post('/api/v1/missing-parcels', { json: { guide: '700077770001', carrier: 'Envía', name: 'Zoraida Ruiz',
        phone: new_phone(), content: 'Caja azul', consent: true, day: new Date(Date.now() - 5 * 36e5).toISOString().slice(0, 10) } })).status, 201);
    const named = await resident.submit(await resident.get(`/t/${parcels.held.public_token}/authorize`), `/t/${parcels.held.public_token}/authorizations`,
        { name: 'Pedro Ruíz', document_type: 'CC', document_number: '1020304' });
    assert.equal(named.status, 303, named.words);
    const several = new_phone();
    parcels.several = await on_shelf(s, resident, oper, { phone: several });
    await on_shelf(s, resident, oper, { phone: several });
    parcels.cancelled = await announced(s, resident);
    const detail = await oper.get(`/packages/${parcels.cancelled.id}`);
    const answer = await oper.submit(detail, `/packages/${parcels.cancelled.id}/cancel`, { reason: 'cliente_solicita' });
    assert.equal(answer.status, 303, answer.words);
    const rapid = await oper.get('/receive/rapid');
    assert.equal((await oper.submit(rapid, '/receive/rapid', { scan: new_guide(), carrier: 'Envía' })).status, 303);
    parcels.batch = (await s.sql('SELECT id FROM courier_batches'))[0];
    await tariffs_to_come();
    await drawers(oper);
    await shelf_counted();
    await programs_told();
    await called(oper, resident);
    await resident.submit(await resident.get('/auth/forgot-password'), '/auth/forgot-password',
        { username: PEOPLE.USUARIO.username });
    await newcomers();
    await rights_asked(resident);
    await s.settled();
    letters = { reset: in_a_mail(/reset-password\?token=(\w+)/), invite: in_a_mail(/auth\/invite\?token=(\w+)/), own_email: in_a_mail(/auth\/email\?token=(\w+)/), opt_out: in_a_mail(/unsubscribe\/([\w-]+)/),
        email: email_link(s, parcels.shelved).split('/').pop(), photos: await photo_link(oper) };
    await rights_answered(resident);
    await files_of_people();
    await documents();
    for (const who of ['PUBLIC', 'OPERADOR', 'ADMIN']) {
        windows[who] = await browser.page({ role: who === 'PUBLIC' ? undefined : who });
        await windows[who].addInitScript(axe);
        await windows[who].route('**/documents/*', without_refresh);
        await windows[who].route('**/customers/{im,ex}ports/*', without_refresh);
    }
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

// Programs that are told: one that does not answer, one that is paused, and one that nobody is told of any more.
async function programs_told() {
    const api = await s.token('ADMIN'), make = (json) => api.post('/api/v1/webhooks', { json });
    told.id = (await make({ url: 'https://localhost:9/avisos', description: 'Contabilidad', kinds: ['package.moved', 'payment.taken'] })).json.id;
    told.delivery = (await api.post(`/api/v1/webhooks/${told.id}/test`, { json: {} })).json.id;
    told.paused = (await make({ url: 'https://localhost:9/otra', kinds: '*' })).json.id;
    await s.sql("UPDATE webhook_endpoints SET paused_at = unixepoch(), paused_why = 'lleva tres días sin responder bien' WHERE id = ?1", told.paused);
    await make({ url: 'https://localhost:9/tercera', kinds: '*' }).then(({ json }) => api.request('PATCH', `/api/v1/webhooks/${json.id}`, { json: { is_active: false } }));
}

async function tariffs_to_come() {
    const admin = await s.as('ADMIN'), later = (n) => new Date(Date.now() + n * 864e5).toISOString().slice(0, 10);
    const form = { package_type: 'NORMAL', base_fee: '1800', storage_per_day: '1200', free_hours: '24', valid_from: later(30) };
    for (const [page, action, fields] of [['/rates/new', '/rates', form],
        ['/rates', '/closures', { day: later(9), reason: 'Inventario' }]])
        assert.equal((await admin.submit(await admin.get(page), action, fields)).status, 303);
}

// Makes drawers: the clerk's first closed with a difference, the second open with a movement; the administrator's
// counted.
async function drawers(oper) {
    const admin = await s.as('ADMIN');
    for (const [client, page, action, fields] of [[oper, '/cash', '/cash', { base: '20000' }],
        [oper, '/cash', '/cash/1/count', { note_10000: '1' }], [oper, '/cash/1', '/cash/1/close', { explanation: 'Un cambio mal dado' }],
        [oper, '/cash', '/cash', { base: '50000' }],
        [oper, '/cash', '/cash/2/movements', { kind: 'salida', amount: '1000', reason: 'Consignación' }],
        [admin, '/cash', '/cash', { base: '0' }], [admin, '/cash', '/cash/3/count', { coin_500: '1' }]])
        assert.equal((await client.submit(await client.get(page), action, fields)).status, 303, action);
}

// Somebody is invited, a clerk has another e-mail, and an administrator has begun to set an app for codes up.
async function newcomers() {
    const admin = await s.as('ADMIN'), oper = await s.as('OPERADOR'), current = PEOPLE.ADMIN.password;
    for (const [client, page, action, fields] of [
        [admin, '/admin/users/new', '/admin/users', { full_name: 'Nora Nueva', email: 'nora@example.com', username: 'nora', role: 'OPERADOR', current }],
        [oper, '/profile/edit', '/profile/edit', { email: 'oscar@example.com', current: PEOPLE.OPERADOR.password }],
        [admin, '/profile/totp', '/profile/totp/begin', { current }]])
        assert.equal((await client.submit(await client.get(page), action, fields)).status, 303, action);
}

// Audit 1 is being counted, with one box of each sort; audit 2 is finished.
async function shelf_counted() {
    const api = await s.token('OPERADOR');
    await api.post('/api/v1/shelf-audits', { json: { zone: 'Estante 1' } });
    for (const scan of ['01', parcels.shelved.guide_number, parcels.delivered.guide_number, 'NADIE12345'])
        assert.equal((await api.post('/api/v1/shelf-audits/1/scans', { json: { scan } })).status, 200);
    await api.post('/api/v1/shelf-audits', { json: { position: 'PISO' } });
    await api.post('/api/v1/shelf-audits/2/scans', { json: { scan: 'PISO' } });
    await api.post('/api/v1/shelf-audits/2/scans', { json: { scan: parcels.unknown.guide_number } });
    assert.equal((await api.post('/api/v1/shelf-audits/2/finish', { json: {}, headers: key() })).status, 200);
}

// A parcel of 50 days, with what was tried on two dates.
async function called(oper, resident) {
    parcels.old = await on_shelf(s, resident, oper);
    for (const days of [0, 1]) {
        const answer = await oper.submit(await oper.get(`/ageing/${parcels.old.id}`), `/packages/${parcels.old.id}/contacts`,
            { outcome: 'no_contesto', note: 'Suena y nadie responde' });
        assert.equal(answer.status, 303, answer.words);
        await s.sql('UPDATE packages SET received_at = received_at - 50 * 86400 WHERE id = ?1 AND ?2 = 0', parcels.old.id, days);
    }
}

// Somebody asks what the point knows of them, and twice more; of the last two one is proved and one is answered.
async function rights_asked(resident) {
    for (const [n, kind] of ['CONSULTA', 'SUPRESION', 'RECLAMO'].entries())
        assert.equal((await resident.post('/api/v1/privacy-requests', { json: { kind, name: 'Rosa Prueba', email: `rosa${n}@example.com`,
            content: 'Quiero saber qué datos míos tienen', consent: true } })).status, 201);
}
async function rights_answered(resident) {
    const admin = await s.as('ADMIN'), links = [0, 1, 2].map((n) => s.mails(`rosa${n}@example.com`)[0].text.match(/\/privacy\/requests\/\w+/)[0]);
    for (const link of links.slice(1))
        assert.equal((await resident.submit(await resident.get(link), link)).status, 303);
    for (const what of ['Se perdió un celular con la sesión abierta', 'Un correo con datos salió a quien no era'])
        assert.equal((await admin.submit(await admin.get('/admin/incidents/new'), '/admin/incidents', { what, data: 'Nombres y celulares',
            noticed_day: '2026-01-02', people: '12' })).status, 303);
    assert.equal((await admin.submit(await admin.get('/admin/incidents/2'), '/admin/incidents/2/close', { unreported: '1',
        ending: 'El correo no tenía datos personales' })).status, 303);
    letters.rights = links[0].split('/').pop();
    letters.rights_proved = links[1];
    letters.rights_answered = links[2];
    assert.equal((await admin.submit(await admin.get('/admin/privacy/3'), '/admin/privacy/3/close', { outcome: 'NEGADA', done: 'respuesta',
        answer: 'Revisamos y sus datos están bien guardados.' })).status, 303);
}

// Document 1 is ready, 2 is being made, 3 failed.
async function documents() {
    const api = await s.token('OPERADOR');
    const ask = async (kind, p) => (await api.post('/api/v1/documents', { json: { kind, subject_id: p.id } })).json.id;
    const id = await ask('recibo', parcels.delivered);
    await poll('a receipt', async () => await s.value('SELECT state FROM documents WHERE id = ?1', id) === 'ready');
    letters.receipt = await s.value('SELECT key FROM documents WHERE id = ?1', id);
    letters.alone = (await (await s.as('OPERADOR')).get(`/deliver/done/${parcels.delivered.id}`)).text.match(/(?:\/r\/|%2Fr%2F)(\d+-\w{22})/)[1];
    await s.paqueteria(['jobs', 'pause', 'default']);
    await ask('custodia', parcels.delivered);
    await ask('custodia', parcels.shelved);
    await s.sql("UPDATE documents SET state = 'failed', error = 'el proceso murió' WHERE id = 3");
}

// A file that was looked at, with a row of each kind, and a sheet that is ready.
async function files_of_people() {
    const api = await s.token('ADMIN'), list = { name: 'residentes de la torre dos.csv', type: 'text/csv',
        data: 'Nombre;Celular;Torre;Apto\nRosa Lista;3005557701;2;201\nRosa Lista Gil;3005557701;2;201\nX;12;2;202\n' };
    const { id } = (await api.post('/api/v1/customers/import', { form: {}, files: { file: [list] } })).json;
    const sheet = (await api.post('/api/v1/customers/export', { json: {} })).json.id;
    await poll('a file that was read', async () => await s.value('SELECT state FROM customer_imports WHERE id = ?1', id) === 'read', 120000);
    await poll('a sheet', async () => await s.value('SELECT state FROM customer_exports WHERE id = ?1', sheet) === 'ready', 120000);
}

// A page that waits for its PDF would come anew while it is judged.
async function without_refresh(route) {
    const answer = await route.fetch();
    const { refresh, ...headers } = answer.headers();
    await route.fulfill({ response: answer, headers });
}

const in_a_mail = (what) => s.mails().map((m) => `${m.text} ${JSON.stringify(m.headers)}`.match(what)).find(Boolean)[1];

// axe's complaints about a page, one line a rule and place.
async function findings(page, looks = LOOKS, within = 'html') {
    const found = [];
    for (const [{ viewport }, colorScheme] of looks) {
        await page.setViewportSize(viewport);
        await page.emulateMedia({ colorScheme });
        // The window becomes as high as the page: what a bar at the bottom covers can be scrolled away from it.
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ ...viewport, height: Math.max(height, viewport.height) });
        found.push(...await page.evaluate(run_axe, [within, STANDARD, `${colorScheme} ${viewport.width}`]));
    }
    return found;
}

// Runs axe inside the page.
async function run_axe([within, values, look]) {
    const { violations } = await window.axe.run(within, { runOnly: { type: 'tag', values }, resultTypes: ['violations'], preload: false });
    return violations.flatMap((v) => v.nodes.map((n) =>
        `${look}: ${v.id}: ${n.target.join(' ')}: ${n.failureSummary.split('\n')[1].trim()}`));
}

// Windows work side by side; what is asked of one waits for what was asked of it before.
function in_turn(who, fn) {
    const done = (turns[who] ?? Promise.resolve()).then(fn);
    turns[who] = done.catch(() => {});
    return done;
}

// Tables of which a part is out of sight, on a small desk and on a phone.
async function tables_cut(page) {
    const cut = [];
    for (const viewport of [{ width: 1024, height: 768 }, PHONE.viewport]) {
        await page.setViewportSize(viewport);
        cut.push(...await page.evaluate(() => [...document.querySelectorAll('main .table-wrap')]
            .filter((el) => el.scrollWidth > el.clientWidth + 1)
            .map((el) => `${innerWidth}: ${el.firstElementChild.className} by ${el.scrollWidth - el.clientWidth} px`)));
    }
    return cut;
}

// Asserts all that must hold of a page as it stands.
async function judge(page, looks = LOOKS) {
    const facts = await page.evaluate(() => ({
        h1: [...document.querySelectorAll('h1')].map((el) => el.innerText.trim()),
        title: document.title, lang: document.documentElement.lang,
        main: document.querySelectorAll('main').length,
        // Text that a column too narrow makes a tower of: a letter or two a line.
        squeezed: [...document.querySelectorAll('main *')].filter((el) => {
            const words = [...el.childNodes].filter((n) => n.nodeType === Node.TEXT_NODE && n.data.trim().length > 5), range = document.createRange();
            if (!words.length || !el.checkVisibility() || el.closest('.visually-hidden,svg')) return false;
            range.selectNodeContents(words[0]);
            const lines = new Set([...range.getClientRects()].map((r) => Math.round(r.top))).size;
            return lines > 2 && words[0].data.trim().length / lines < 4;
        }).map((el) => `${el.className}: ${el.textContent.trim().slice(0, 30)}`),
    }));
    const where = page.url();
    assert.equal(facts.h1.length, 1, `${where} has the headings ${facts.h1.join(', ')}`);
    assert.ok(facts.h1[0], where);
    assert.match(facts.title, /\S.* · \S/, where);
    assert.match(facts.lang, /^es\b/, where);
    assert.equal(facts.main, 1, where);
    assert.deepEqual(facts.squeezed, [], where);
    assert.deepEqual(await tables_cut(page), [], where);
    assert.deepEqual(await tab_walk(page, looks.length > 1 ? [NARROW, UPRIGHT] : [LOW]), [], `${where}: stops of the Tab key`);
    assert.deepEqual(await findings(page, looks), [], where);
}

async function visit(who, address, status = 200) {
    const page = windows[who];
    const answer = await page.goto(address);
    assert.equal(answer.status(), status, address);
    assert.deepEqual(forms_amiss(routes, new URL(page.url()).pathname, await answer.text()), [], `${address}, without a script`);
    return page;
}

// A row's address with something to show.
function address(r, who) {
    const p = /authorizations/.test(r.path) ? parcels.held : /receipt|done|documents/.test(r.path) ? parcels.delivered : /batch/.test(r.path) ? parcels.batch : /payments/.test(r.path) ? parcels.cancelled : parcels.shelved;
    const values = { delivery: told.delivery, id: /authorizations|\/admin\/(?:privacy|incidents)/.test(r.path) ? 1 : r.path.includes('/webhooks/') ? told.id : r.path.startsWith('/admin/users/') ? 3 : /^\/customers\/(im|ex)ports/.test(r.path) || ['jobs', 'notifications', 'inquiries', 'cash', 'shelf'].includes(r.area) || r.path.startsWith('/documents') ? 1 : r.area === 'customers' ? p.customer_id : p.id, key: letters.receipt, position: '00', customer: p.customer_id, quote: quotes[who], type: 'invalid', operation: 'post_deliveries',
        event: 'package_received', group: 'site', channel: 'sms', token: r.path.startsWith('/unsubscribe') ? letters.opt_out : r.path.startsWith('/email') ? letters.email : r.path.startsWith('/photos') ? letters.photos : r.path.startsWith('/r/') ? letters.alone : r.path.startsWith('/privacy/') ? letters.rights : p.public_token };
    const query = { '/announce/done': `?c=${parcels.announced.tracking_code}`,
        '/auth/reset-password': `?token=${letters.reset}`, '/auth/invite': `?token=${letters.invite}`, '/auth/email': `?token=${letters.own_email}`, '/find': '?q=Rosa', '/customers/suggest': '?q=Rosa', '/deliver/box': `?scan=${parcels.shelved.guide_number}`,
        '/notifications/new': `?package_id=${parcels.shelved.id}` };
    return address_of(r, values) + (query[r.path] ?? '');
}

describe('every row of the route tables that answers a page', { concurrency: 6 }, () => {
    for (const r of pages.filter((row) => !LEADS_ON.includes(row.path)))
        for (const who of WHO[r.role])
            test(`${r.path} as ${who}`, () => in_turn(who, async () =>
                judge(await visit(who, address(r, who)), who === WHO[r.role][0] ? LOOKS : [[DESK, 'dark']])));

    for (const path of LEADS_ON)
        test(`${path} leads to a page`, () => {
            const r = pages.find((row) => row.path === path);
            const who = WHO[r.role][0];
            return in_turn(who, async () => {
                const page = await visit(who, address(r, who));
                assert.notEqual(new URL(page.url()).pathname, path);
            });
        });
});

describe('the parts that come into a page', { concurrency: 6 }, () => {
    test('are all those that pages ask for again and again', () => {
        for (const r of all_routes().filter((x) => polled(x) && !x.json))
            assert.ok(r.path in PARTS, r.path);
    });

    for (const [path, [who, where, act, shows, within]] of Object.entries(PARTS))
        test(`${path} in its page`, () => in_turn(who, async () => {
            const page = await visit(who, where());
            const came = page.waitForResponse((answer) => to_pattern(path).test(new URL(answer.url()).pathname)
                && 'hx-request' in answer.request().headers());
            await act(page);
            assert.ok([200, 304].includes((await came).status()));
            await page.locator(shows).first().waitFor();
            assert.deepEqual(await findings(page, LOOKS, within), []);
        }));
});

describe('the states that a page can be in', { concurrency: 6 }, () => {
    const states = {
        'a program that was tried in vain': ['ADMIN', () => `/admin/webhooks/${told.id}?test=${told.delivery}&state=dead`],
        'a program that is told no more': ['ADMIN', () => `/admin/webhooks/${told.paused}`],
        'a program to be told again': ['ADMIN', () => `/admin/webhooks/${told.paused}/edit`],
        'an incident of security that is closed': ['ADMIN', () => '/admin/incidents/2'],
        'incidents of security that are closed': ['ADMIN', () => '/admin/incidents?closed=1'],
        'a request about data that is proved': ['PUBLIC', () => letters.rights_proved],
        'a request about data that is answered': ['PUBLIC', () => letters.rights_answered],
        'a request about data, sent': ['PUBLIC', () => '/privacy/request/sent?by=email'],
        'a request about data at the desk, proved': ['ADMIN', () => '/admin/privacy/2'],
        'a request about data at the desk, closed': ['ADMIN', () => '/admin/privacy/3'],
        'requests about data that are closed': ['ADMIN', () => '/admin/privacy?state=CERRADA'],
        'a parcel announced': ['PUBLIC', () => `/t/${parcels.announced.public_token}`],
        'a parcel that two people announced': ['PUBLIC', () => `/t/${parcels.disputed.public_token}`],
        'the second announcement of a guide': ['PUBLIC', () => `/announce/done?disputed=${parcels.disputed.guide_number}&settled=SETTLED01&handed_over=GIVEN0001`],
        'the detail of one that two people announced': ['OPERADOR', () => `/packages/${parcels.disputed.id}`],
        'such a one, just received': ['OPERADOR', () => `/receive?done=${parcels.disputed.id}`],
        'such a one, at hand-over': ['OPERADOR', () => `/deliver?package=${parcels.disputed.id}`],
        'a parcel that is ready with another': ['PUBLIC', () => `/t/${parcels.several.public_token}`],
        'a question about a box that a carrier says it left here': ['OPERADOR', () => '/messages/2'],
        'the questions of one person, who has none': ['OPERADOR', () => '/messages?mine=1'],
        'a box that somebody is to look for': ['PUBLIC', () => '/missing/done?by=sms'],
        'a parcel about which its owner asked': ['PUBLIC', () => `/t/${parcels.held.public_token}`],
        'a person just authorised': ['PUBLIC', () => `/t/${parcels.held.public_token}/authorizations/1`],
        'three parcels just announced': ['PUBLIC', () => `/announce/done?c=${['announced', 'shelved', 'cancelled'].map((k) => parcels[k].tracking_code).join('.')}&told=confirmar`],
        'a parcel handed over': ['PUBLIC', () => `/t/${parcels.delivered.public_token}`],
        'a parcel cancelled': ['PUBLIC', () => `/t/${parcels.cancelled.public_token}`],
        'a parcel by its code': ['PUBLIC', () => `/search?q=${parcels.shelved.tracking_code}`],
        'a parcel by its guide': ['PUBLIC', () => `/search?q=${parcels.shelved.guide_number}`],
        'a guide that nobody knows': ['PUBLIC', () => '/search?q=NADIE12345', 404],
        'an address that is not there': ['PUBLIC', () => '/no-existe', 404],
        'an address that is not there, signed in': ['OPERADOR', () => '/packages/999999', 404],
        'a guide announced, at reception': ['OPERADOR', () => `/receive?guide=${parcels.announced.guide_number}`],
        'a guide not announced, at reception': ['OPERADOR', () => '/receive?guide=NUEVA12345'],
        'a guide already here': ['OPERADOR', () => `/receive?guide=${parcels.shelved.guide_number}`],
        'a guide that is none': ['OPERADOR', () => '/receive?guide=%3F%3F', 422],
        'a reception just done': ['OPERADOR', () => `/receive?done=${parcels.shelved.id}`],
        'a person\'s parcels at hand-over': ['OPERADOR', () => `/deliver?package=${parcels.shelved.id}`],
        'a parcel that stays, at hand-over': ['OPERADOR', () => `/deliver?package=${parcels.held.id}`],
        'the detail of one that stays': ['OPERADOR', () => `/packages/${parcels.held.id}`],
        'the same for who may discount': ['ADMIN', () => `/deliver?package=${parcels.shelved.id}`],
        'a hand-over with change': ['OPERADOR', () => `/deliver/done/${parcels.delivered.id}?tendered=20000`],
        'the detail of one announced': ['OPERADOR', () => `/packages/${parcels.announced.id}`],
        'the detail of one that nobody knows': ['OPERADOR', () => `/packages/${parcels.unknown.id}`],
        'the detail of one handed over': ['ADMIN', () => `/packages/${parcels.delivered.id}`],
        'the detail of one cancelled': ['OPERADOR', () => `/packages/${parcels.cancelled.id}`],
        'a list with filters': ['OPERADOR', () => '/packages?state=RECIBIDO&type=NORMAL'],
        'a list without rows': ['OPERADOR', () => '/packages?state=RECIBIDO&type=EXTRA_DIMENSIONADO'],
        'a charge, day by day': ['OPERADOR', () => '/rates/quote?received_day=2026-03-02&received_time=10:00&picked_day=2026-03-05&picked_time=10:01'],
        'a charge that cannot be': ['OPERADOR', () => '/rates/quote?received_day=2026-03-02&received_time=10:00&picked_day=2026-03-01&picked_time=10:01', 422],
        'tariffs and closures to come': ['ADMIN', () => '/rates'],
        'a drawer that is open': ['OPERADOR', () => '/cash/2'],
        'a drawer that is counted': ['ADMIN', () => '/cash'],
        'a drawer of somebody else': ['ADMIN', () => '/cash/2'],
        'the shelf as a list': ['OPERADOR', () => '/shelf?view=lista'],
        'a zone of the shelf': ['ADMIN', () => '/shelf?zone=Desborde'],
        'a box to move': ['OPERADOR', () => `/shelf/move?box=${parcels.shelved.guide_number}`],
        'a box just moved': ['OPERADOR', () => `/shelf/move?done=${parcels.shelved.id}`],
        'a box that is not on the shelf': ['OPERADOR', () => `/shelf/move?box=${parcels.delivered.guide_number}`, 409],
        'a wrong box in an audit': ['OPERADOR', () => '/shelf/audit/1?position=01&read=1'],
        'an audit that is finished': ['OPERADOR', () => '/shelf/audit/2'],
        'whom to call, in a band': ['OPERADOR', () => '/ageing?band=0-1'],
        'a band in which nobody waits': ['OPERADOR', () => '/ageing?band=30%2B'],
        'the dossier of one that nobody knows': ['OPERADOR', () => `/ageing/${parcels.unknown.id}`],
        'the dossier of one handed over': ['ADMIN', () => `/ageing/${parcels.delivered.id}`],
        'the dossier of one that may be abandoned': ['ADMIN', () => `/ageing/${parcels.old.id}`],
        'a PDF that is being made': ['OPERADOR', () => '/documents/2'],
        'a PDF that could not be made': ['OPERADOR', () => '/documents/3'],
        'the settings of the point': ['ADMIN', () => '/admin/settings/site'],
        'the settings of the counter': ['ADMIN', () => '/admin/settings/counter'],
        'the account of SMS': ['ADMIN', () => '/admin/settings/sms'],
        'the account of mail': ['ADMIN', () => '/admin/settings/mail'],
        'a search without rows': ['OPERADOR', () => '/find?q=NADIE12345'],
    };
    for (const [name, [who, where, status]] of Object.entries(states))
        test(name, () => in_turn(who, async () => judge(await visit(who, where(), status))));

    for (const [who, where, action] of [['PUBLIC', () => '/announce', '/announce'],
        ['PUBLIC', () => `/t/${parcels.held.public_token}/question`, () => `/t/${parcels.held.public_token}/inquiries`],
        ['PUBLIC', () => '/missing', '/missing'], ['PUBLIC', () => '/privacy/request', '/privacy/request'],
        ['ADMIN', () => '/admin/privacy/1', '/admin/privacy/1/close'], ['ADMIN', () => '/admin/incidents/new', '/admin/incidents'],
        ['OPERADOR', () => '/messages/1', '/inquiries/1/answer'],
        ['ADMIN', () => '/messages/answers', '/messages/answers'],
        ['PUBLIC', () => '/auth/login', '/auth/login'],
        ['OPERADOR', () => '/profile/change-password', '/profile/change-password'],
        ['ADMIN', () => '/rates/new', '/rates'],
        ['OPERADOR', () => '/cash', '/cash/2/count'], ['OPERADOR', () => '/cash', '/cash/2/movements'],
        ['ADMIN', () => '/cash', '/cash/3/close'],
        ['OPERADOR', () => `/packages/${parcels.cancelled.id}/payments`, () => `/packages/${parcels.cancelled.id}/payments`],
        ['ADMIN', () => '/shelf/positions/new', '/shelf/positions'],
        ['ADMIN', () => '/admin/settings/sms', '/admin/settings/sms/test'],
        ['OPERADOR', () => `/ageing/${parcels.shelved.id}`, () => `/packages/${parcels.shelved.id}/contacts`],
        ['OPERADOR', () => '/incidents', () => `/packages/${parcels.held.id}/incidents/resolve`],
        ['OPERADOR', () => `/deliver?package=${parcels.shelved.id}`, '/deliver']])
        test(`the form to ${typeof action === 'string' ? action : String(action).match(/\w+`$/)[0].slice(0, -1)} sent empty, with its errors`, () => in_turn(who, async () => {
            const page = await visit(who, where());
            await Promise.all([page.waitForEvent('load'), page.locator(`main form[action="${typeof action === 'string' ? action : action()}"]`).evaluate((el) => el.requestSubmit())]);
            assert.match(await page.title(), /^Error: /);
            await judge(page);
        }));

    test('a payment taken back, which an administrator must approve, with a PIN and without', () => in_turn('OPERADOR', async () => {
        const admin = await s.as('ADMIN');
        for (const pin of [undefined, '805173']) {
            if (pin)
                await admin.submit(await admin.get('/profile/pin'), '/profile/pin', { current: PEOPLE.ADMIN.password, pin, again: pin });
            const page = await visit('OPERADOR', `/packages/${parcels.delivered.id}`);
            await page.locator('summary', { hasText: 'Reversar un pago' }).click();
            await page.locator('[name=payment]').selectOption({ index: 1 });
            await page.locator('[name=reverse_reason]').fill('Cobro doble');
            await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: 'Sí, reversar el pago' }).click()]);
            await page.getByText(pin ? 'Quién aprueba' : 'Ningún administrador tiene PIN').first().waitFor();
            await judge(page);
        }
    }));

    test('a toast with undo, the list of keys, the menu of the person', () => in_turn('OPERADOR', async () => {
        const p = await announced(s, s.client());
        const page = await visit('OPERADOR', `/receive?guide=${p.guide_number}`);
        await page.getByRole('button', { name: 'Recibir' }).click();
        await page.waitForURL('**/receive?done=*');
        await page.getByRole('button', { name: /Deshacer/ }).waitFor();
        await page.locator('.user summary').click();
        assert.deepEqual(await findings(page), []);
        await page.getByRole('button', { name: 'Teclas rápidas' }).click();
        await page.getByRole('dialog').waitFor();
        assert.deepEqual(await findings(page), []);
    }));
});
