// Chromium at a private system, as people have it on a desk or in the hand.  What no
// page may do is collected while it is used, and check() fails when there is any:
// errors in the console or in a script, violations of the security policy, dialogs,
// requests to another host, answers of 500 and above.
import { strict as assert } from 'node:assert';
import { createHash, X509Certificate } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { poll } from './poll.mjs';

export const DESK = { viewport: { width: 1440, height: 900 } };
export const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

// Chromium's headless shell comes first where it is installed: the window around a page costs as much
// as the page.
const EXECUTABLES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];

// TEST_SLOW=6 has each page on a computer that is slower by so much: a test that does not wait for what it needs fails.
async function slow_down(page, rate) {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate });
}

// The public key of the system's own certificate, which is all that is let off.
function key_of(s) {
    const cert = new X509Certificate(fs.readFileSync(path.join(s.dir, 'tls/server.crt')));
    const spki = cert.publicKey.export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(spki).digest('base64');
}

// Runs in each page before its own scripts.
function watch() {
    document.addEventListener('securitypolicyviolation', (e) => window.__complain(
        `policy: ${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile ?? ''}:${e.lineNumber}`));
}

export class Browser {
    // flags: more of Chromium's own.
    static async start(s, flags = []) {
        const b = new Browser();
        b.s = s;
        b.faults = [];
        b.cookies = new Map();
        b.chromium = await chromium.launch({ executablePath: EXECUTABLES.find((file) => fs.existsSync(file)),
            args: [...FLAGS, ...flags, `--ignore-certificate-errors-spki-list=${key_of(s)}`] });
        return b;
    }

    // A browser window of its own.  role: somebody signed in; or user: { username, password }; https: at the other
    // door; js: false; device: PHONE; dark: true.
    async page({ role, user, https = false, js = true, device = DESK, dark = false } = {}) {
        const base = https ? this.s.https : this.s.base;
        const context = await this.chromium.newContext({ ...device, baseURL: base, locale: 'es-CO',
            timezoneId: 'America/Bogota', javaScriptEnabled: js, reducedMotion: 'reduce',
            colorScheme: dark ? 'dark' : 'light' });
        context.setDefaultTimeout(30000);
        if (user ?? role)
            await context.addCookies(await this.session(user ?? role, https));
        await this.watch(context, base);
        const page = await context.newPage();
        if (process.env.TEST_SLOW)
            await slow_down(page, Number(process.env.TEST_SLOW));
        return page;
    }

    // The session of a role or a user, signed in once: the same cookie serves all its windows.
    async session(who, https) {
        const key = `${who.username ?? who} ${https}`;
        if (!this.cookies.has(key))
            this.cookies.set(key, await (who.username ? this.s.client({ https }).login(who.username, who.password)
                : this.s.as(who, { https })));
        const url = https ? this.s.https : this.s.base;
        return [...this.cookies.get(key).cookies].map(([name, value]) => (
            { name, value, domain: new URL(url).hostname, path: '/', secure: https, httpOnly: true }));
    }

    async watch(context, base) {
        const host = new URL(base).host;
        const documents = new Set();      // the addresses of pages, whose status the console repeats
        await context.exposeBinding('__complain', ({ page }, text) => this.complain(page, text));
        await context.addInitScript(watch);
        context.on('request', (request) => {
            const url = new URL(request.url());
            if (url.host !== host && !['data:', 'blob:'].includes(url.protocol))
                this.complain(null, `request to ${request.url()}`);
            if (request.isNavigationRequest())
                documents.add(request.url());
        });
        context.on('response', (response) => {
            if (response.status() >= 500)
                this.complain(null, `${response.status()} ${response.url()}`);
        });
        context.on('console', (message) => {
            const status = message.text().startsWith('Failed to load resource')
                && documents.has(message.location().url);
            if (message.type() === 'error' && !status)
                this.complain(message.page(), `console: ${message.text()} ${message.location().url}`);
        });
        context.on('weberror', (e) => this.complain(e.page(), `script: ${e.error().message}`));
        context.on('dialog', (dialog) => {
            this.complain(dialog.page(), `dialog: ${dialog.message()}`);
            dialog.dismiss();
        });
    }

    complain(page, text) {
        this.faults.push(`${page ? `${new URL(page.url()).pathname}: ` : ''}${text}`);
    }

    // The complaints that a test brought about itself are forgiven; every other one stays for check().
    forgive(pattern) {
        this.faults = this.faults.filter((fault) => !pattern.test(fault));
    }

    // Nothing was amiss since the last time.
    check() {
        assert.deepEqual(this.faults.splice(0), []);
    }

    async close() {
        await this.chromium.close();
    }
}

// The keyboard of one page, as a scanner and as fingers, and how often it was pressed.
export class Keys {
    constructor(page) {
        this.page = page;
        this.presses = 0;
        this.since = Date.now();
    }

    async press(...keys) {
        for (const key of keys) {
            await this.page.keyboard.press(key);
            this.presses++;
        }
    }

    async type(text) {
        await this.page.keyboard.type(text);
        this.presses += text.length;
    }

    // Waits as long as eyes need for a page that has just come: within that time an Enter is
    // taken for the second one of a scanner.
    async look() {
        await poll('a page that was looked at', () => this.page.evaluate(() => {
            const [shown] = performance.getEntriesByType('navigation');
            return shown.domContentLoadedEventEnd > 0
                && performance.now() - shown.domContentLoadedEventEnd > 450;
        }).catch(() => false));       // it may just be going away
    }

    // A scanner's burst is no work of anybody's fingers; it waits for no answer from key to key, since a busy
    // machine would make fingers of it.
    async scan(text, { suffix = ['Enter'] } = {}) {
        await Promise.all([...text, ...suffix].map((key) => this.page.keyboard.press(key === ' ' ? 'Space' : key)));
    }

    // Tab until an element that fits has the focus.
    async tab_to(selector, most = 40) {
        for (let i = 0; i < most; i++) {
            if (await this.page.evaluate((q) => document.activeElement.matches(q), selector))
                return;
            await this.press('Tab');
        }
        assert.fail(`Tab does not come to ${selector} on ${this.page.url()}`);
    }

    report() {
        return `${this.presses} key presses, ${((Date.now() - this.since) / 1000).toFixed(1)} s`;
    }
}

// The element that has the focus: its name, else its id, else its tag.
export const focused = (page) => page.evaluate(() => {
    const el = document.activeElement;
    return el.getAttribute('name') || el.id || el.tagName.toLowerCase();
});
export const focus_comes = (page, name) => poll(`the focus on ${name}`, async () =>
    name === await focused(page).catch(() => ''));

// Wider than its window: the page, or what of it sticks out.
export const overflow = (page) => page.evaluate(() => {
    // Not innerWidth: a phone zooms out until it holds what sticks out.
    const root = document.scrollingElement, wide = root.scrollWidth - root.clientWidth;
    return wide <= 0 ? [] : [`page by ${wide} px`, ...[...document.body.querySelectorAll('*')]
        .filter((el) => el.getBoundingClientRect().right > root.clientWidth + 1)
        .slice(0, 5).map((el) => el.outerHTML.slice(0, 120))];
});
