// The console of the queue in Chromium: an outage seen while it happens, five hundred jobs
// retried in two clicks, and figures that renew themselves without moving the page.
// Long: half a minute and more.
import { strict as assert } from 'node:assert';
import { after, afterEach, before, test } from 'node:test';
import { Browser, PHONE, overflow } from '../helpers/browser.mjs';
import { System, poll } from '../helpers/system.mjs';
import { announced } from '../helpers/shop.mjs';

let s, browser, resident;
before(async () => {
    s = await System.start({ announce_per_hour: 1000 });
    browser = await Browser.start(s);
    resident = s.client();
});
after(async () => {
    await browser?.close();
    await s?.stop();
});
afterEach(() => browser?.check());

const failed = (n, kind, error) => s.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    INSERT INTO jobs (queue, kind, args, state, last_error, run_at, attempt, max_attempts, created_at, finished_at)
    SELECT 'reports', ?2, '{}', 'dead', ?3, 0, 3, 3, 0, unixepoch() FROM n`, n, kind, error);
const card = (page, words) => page.locator('.queue', { has: page.getByRole('heading', { name: words }) });

test('five hundred that failed are retried in two clicks from the first page', async () => {
    await failed(500, 'noop', 'el proveedor no respondió');
    const page = await browser.page({ role: 'ADMIN' });
    await page.goto('/dashboard');
    await page.getByRole('link', { name: /500 trabajos fallidos/ }).click();
    await page.getByRole('button', { name: 'Repetir los 500' }).click();
    await page.getByText('500 trabajos vuelven a la cola, con todos sus intentos.').first().waitFor();
    assert.equal(await s.value("SELECT count(*) FROM jobs WHERE state = 'dead'"), 0);
    await poll('all of them done', async () => await s.value(
        "SELECT count(*) FROM jobs WHERE kind = 'noop' AND state <> 'done'") === 0, 60000);
    await page.close();
});

test('an outage is seen while it happens, and its end, without a hand on the page', async () => {
    await s.settled();
    const page = await browser.page({ role: 'ADMIN' });
    await page.goto('/admin/jobs');
    const mail = card(page, 'Correo');
    assert.match(await mail.innerText(), /Nada en espera/);
    s.smtp.script.set(['421']);
    for (let i = 0; i < 6; i++)
        await announced(s, resident, { email: `persona${i}@example.com` });
    await poll('the breaker to open', async () => {
        await s.sql("UPDATE notifications SET not_before = unixepoch() - 1 WHERE state = 'queued'");
        await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'mail.send'");
        return await s.value("SELECT failures >= 5 FROM queues WHERE name = 'mail'");
    }, 30000);
    await mail.getByText(/falló \d+ veces seguidas: se espera hasta/).waitFor();
    await mail.getByRole('link', { name: '6 en espera' }).waitFor();
    s.smtp.script.set(['ok']);
    await s.sql("UPDATE queues SET open_until = unixepoch() WHERE name = 'mail'");
    await poll('all of them to go', async () => {
        await s.sql("UPDATE jobs SET run_at = unixepoch() - 1 WHERE state = 'ready' AND kind = 'mail.send'");
        return await s.value("SELECT count(*) FROM jobs WHERE kind = 'mail.send' AND state <> 'done'") === 0;
    }, 30000);
    await mail.getByText('Nada en espera').waitFor();
    assert.doesNotMatch(await mail.innerText(), /falló/);
    await page.close();
});

test('figures that stay the same do not touch the page', async () => {
    await s.settled();
    const page = await browser.page({ role: 'ADMIN' });
    let answers = 0;
    page.on('response', (r) => { answers += r.url().endsWith('/figures'); });
    await page.goto('/admin/jobs');
    await poll('a first answer', () => answers >= 1, 20000);
    await page.waitForFunction(() => document.querySelector('#figures').dataset.tag);
    await page.evaluate(() => {
        window.moved = 0;
        new MutationObserver(() => { window.moved++; }).observe(document.querySelector('#figures'), { childList: true, subtree: true });
    });
    await page.locator('#pause-sms').focus();
    await poll('two more answers', () => answers >= 3, 30000);
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pause-sms');
    await failed(1, 'noop', 'uno');
    await page.locator('#count-dead', { hasText: '1' }).waitFor();
    assert.ok(await page.evaluate(() => window.moved) <= 2, 'a figure that is the same was written again');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'pause-sms', 'the focus stays where it was');
    await page.close();
});

test('one box ticks all of the page, and what is ticked is discarded', async () => {
    await s.sql("UPDATE jobs SET state = 'cancelled' WHERE state = 'dead'");
    await failed(3, 'noop', 'tres');
    const page = await browser.page({ role: 'ADMIN' });
    await page.goto('/admin/jobs?state=dead');
    await page.getByLabel('Elegir todos los de esta página').check();
    await page.locator('input[name=ids]').first().uncheck();
    assert.ok(await page.getByLabel('Elegir todos los de esta página').evaluate((el) => el.indeterminate));
    await page.locator('.chosen summary').click();
    await page.getByRole('button', { name: 'Descartar los elegidos' }).click();
    await page.getByText('2 trabajos descartados').first().waitFor();
    assert.equal(await s.value("SELECT count(*) FROM jobs WHERE state = 'dead'"), 1);
    await page.close();
});

test('it holds on a phone, and works without scripts', async () => {
    await s.sql("UPDATE jobs SET state = 'cancelled' WHERE state = 'dead'");
    await failed(2, 'photo.process', 'la imagen no se pudo leer: está incompleta o no es una foto');
    const page = await browser.page({ role: 'ADMIN', device: PHONE, js: false });
    for (const path of ['/admin/jobs', '/admin/jobs?state=dead&kind=photo.process', '/admin/jobs/cron',
        `/admin/jobs/${await s.value('SELECT max(id) FROM jobs')}`]) {
        await page.goto(path);
        assert.deepEqual(await overflow(page), [], path);
    }
    await page.getByRole('button', { name: 'Repetir' }).click();
    await page.getByText('El trabajo vuelve a la cola').first().waitFor();
    await page.goto('/admin/jobs?state=dead');
    await page.locator('input[name=ids]').check();
    await page.locator('.chosen').getByRole('button', { name: 'Repetir' }).click();
    await page.getByText('El trabajo vuelve a la cola').first().waitFor();
    await page.close();
});
