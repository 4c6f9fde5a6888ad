// The pictures of README.md and docs/counter.md, taken anew: `./dev pictures`.  The shop of
// `./dev up --demo` is filled in a private system, and a parcel goes its way before Chromium.
import fs from 'node:fs';
import path from 'node:path';
import { Browser, focused, Keys } from '../tests/helpers/browser.mjs';
import { System, poll, top } from '../tests/helpers/system.mjs';

const to = path.join(top, 'docs/img');
const DESK = { viewport: { width: 1440, height: 900 } };
const COUNTER = { viewport: { width: 1120, height: 700 } };
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const PERSON = { name: 'Ana María Rojas', phone: '3005550190', consent: true };
const GUIDES = ['9173304448', '9173304455', '9173304462'];

process.env.LANGUAGE = 'es';             // Chromium's own words, as on the button of a file
const s = await System.start();
const browser = await Browser.start(s, ['--lang=es-CO']);
const counter = await browser.page({ role: 'OPERADOR', device: COUNTER });
const owner = await browser.page({ role: 'ADMIN', device: DESK });

// height: of the picture where the window's is not right.
async function take(name, page, height) {
    const size = page.viewportSize();
    await page.setViewportSize({ ...size, height: height ?? size.height });
    await page.evaluate(() => { scrollTo(0, 0); return document.fonts.ready; });
    await page.screenshot({ path: path.join(to, `${name}.png`) });
    await page.setViewportSize(size);
    console.log(`docs/img/${name}.png`);
}

async function fill() {
    const worker = s.pid('worker');                  // it would take days gone by for messages too late to send
    process.kill(worker);
    await poll('no worker', () => !fs.existsSync(`/proc/${worker}`));
    await s.paqueteria(['demo']);
    await s.dev('restart', 'worker');
    const clerk = await s.as('OPERADOR');
    await clerk.submit(await clerk.get('/cash'), '/cash', { base: '50.000' });
    for (const guide of GUIDES)
        await s.client().post('/api/v1/announcements', { json: { ...PERSON, guides: [guide], carrier: 'Servientrega' } });
}

// The page of a damaged box, with one of the demo's own photos.
async function damaged_box() {
    const id = await poll('a photo of damage', () => s.value(
        "SELECT max(id) FROM package_files WHERE kind = 'DANO' AND state = 'ready'"), 60000);
    return (await (await s.as('OPERADOR')).get(`/files/${id}`)).body;
}

async function receive_scenes() {
    await counter.goto('/receive');
    await take('receive-scan', counter, 330);
    await counter.goto(`/receive?guide=${GUIDES[0]}`);
    await take('receive-form', counter);
    await counter.getByRole('button', { name: 'Recibir' }).click();
    await counter.waitForURL('**/receive?done=*');
    await take('receive-done', counter, 800);
    await counter.goto(`/receive?guide=${GUIDES[1]}`);
    await counter.getByText('Golpeado, mojado o roto').click();
    await counter.setInputFiles('input[type=file]', { name: 'caja.jpg', mimeType: 'image/jpeg', buffer: await damaged_box() });
    await counter.getByLabel('Observaciones').fill('Esquina hundida y caja mojada por debajo.');
    await take('receive-damaged', counter, 940);
    await counter.getByRole('button', { name: 'Recibir' }).click();
    await counter.waitForURL('**/receive?done=*');
    await counter.goto('/receive?guide=240001187654');
    await take('receive-new', counter, 560);
}

const package_of = async (guide) => (await s.sql('SELECT * FROM packages WHERE guide_key = ?1', guide))[0];

async function package_scenes() {
    const unknown = await s.value("SELECT max(id) FROM packages WHERE customer_id IS NULL AND state = 'RECIBIDO'");
    await counter.goto(`/packages/${unknown}`);
    await take('package-identify', counter);
    await s.hasten();
    await s.settled(60000);
    await counter.goto(`/packages/${(await package_of(GUIDES[0])).id}`);
    await take('package', counter);
    const messages = counter.locator('section', { has: counter.getByRole('heading', { name: 'Avisos' }) }).last();
    await messages.screenshot({ path: path.join(to, 'package-messages.png') });
}

async function deliver_scenes() {
    await counter.goto('/deliver');
    await take('deliver-code', counter, 330);
    await counter.locator('[data-scan]').fill('123450');
    await counter.getByRole('button', { name: 'Buscar' }).click();
    await counter.waitForURL('**/deliver/quote');
    await take('deliver-wrong', counter, 460);
    await counter.goto('/deliver');
    await counter.locator('[data-scan]').fill((await sms(/Codigo (\d{6})/))[1]);
    await counter.getByRole('button', { name: 'Buscar' }).click();
    await counter.getByRole('heading', { name: PERSON.name }).waitFor();
    await take('deliver-quote', counter, 1120);
    const keys = new Keys(counter);
    for (const guide of GUIDES.slice(0, 2))
        await keys.scan(guide);
    await poll('the field of what is given', async () => await focused(counter) === 'tendered');
    await counter.keyboard.type('20000');
    await counter.keyboard.press('Enter');
    await counter.waitForURL('**/deliver/done/*');
    await take('deliver-done', counter, 1040);
}

// The words of the last SMS to the person that match.
const sms = (words) => poll(`an SMS with ${words}`, () => s.sms().filter((m) => m.number.endsWith(PERSON.phone))
    .map((m) => m.message.match(words)).findLast((found) => found));

try {
    await fill();
    await receive_scenes();
    await package_scenes();
    const phone = await browser.page({ device: PHONE });
    await phone.goto((await sms(/\/t\/\w+/))[0]);
    await take('track', phone);
    await deliver_scenes();
    await owner.goto('/dashboard');
    await take('dashboard', owner);
} finally {
    await browser.close();
    await s.stop();
}
