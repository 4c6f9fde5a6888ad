// Walks through a page with the Tab key alone, and says what is wrong with a stop: outside of the window, behind a
// bar that sticks, without a ring, before what is read before it, or never reached.
import { strict as assert } from 'node:assert';

// Windows: a desk at 200 %; a phone and a low screen, in which bars stick.
export const NARROW = { width: 720, height: 450 }, UPRIGHT = { width: 390, height: 844 }, LOW = { width: 1440, height: 640 };
const CHUNK = 12, MOST = 480;

// Runs in the page: each Tab first writes down the stop that it leaves, which has settled by then.
function watch_stops() {
    const walk = window.__walk = { seen: new Set(), stops: [], wrong: [], ended: false };
    const name_of = (el) => el.outerHTML.replace(/\s+/g, ' ').slice(0, 110);
    const outlined = (el) => {
        const style = getComputedStyle(el);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const sticks = (el) => {
        for (let e = el; e; e = e.parentElement)
            if (['sticky', 'fixed'].includes(getComputedStyle(e).position))
                return true;
        return false;
    };
    // The element that covers the middle of the box, or of one of its sides; null: none.
    const cover_of = (el, box) => {
        const x = (box.left + box.right) / 2, y = (box.top + box.bottom) / 2;
        const in_x = Math.min(2, box.width / 2), in_y = Math.min(2, box.height / 2);
        for (const [px, py] of [[x, y], [box.left + in_x, y], [box.right - in_x, y], [x, box.top + in_y], [x, box.bottom - in_y]]) {
            const hit = document.elementFromPoint(px, py);
            if (hit && !el.contains(hit) && !el.closest('label')?.contains(hit))
                return `${name_of(hit)} at ${Math.round(px)},${Math.round(py)}`;
        }
        return null;
    };
    const faults_of = (el) => {
        const box = [...el.getClientRects()].find((r) => r.width > 0 && r.height > 0), root = document.documentElement;
        const faults = [];
        if (!box)
            return ['has no box'];
        // The browser brings the caret into the window, not the whole of a field of several lines.
        const bottom = el.matches('textarea') ? Math.min(box.bottom, box.top + 40) : box.bottom;
        if (box.height <= root.clientHeight && (box.top < -1 || bottom > innerHeight + 1)
            || box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth)
            faults.push(`stands outside of the window: ${Math.round(box.top)} to ${Math.round(box.bottom)} of ${innerHeight}`);
        else if (cover_of(el, { left: box.left, right: box.right, width: box.width, top: box.top, bottom, height: bottom - box.top }))
            faults.push(`is behind ${cover_of(el, box)}`);
        if (![el, el.closest('label'), el.closest('form')].some((e) => e && outlined(e)))
            faults.push('has no ring');
        return faults;
    };
    // A stop is read after the one before: not above it in the same column.
    const order_of = (el) => {
        const box = el.getBoundingClientRect(), last = walk.stops.at(-1);
        const stop = { el, region: el.closest('header, nav, main, footer, dialog') ?? document.body, sticks: sticks(el),
            left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY };
        walk.stops.push(stop);
        if (!last || last.region !== stop.region || last.sticks || stop.sticks)
            return [];
        return stop.bottom <= last.top && stop.left < last.right && stop.right > last.left ? [`is read before ${name_of(last.el)}`] : [];
    };
    const leave = () => {
        const el = document.activeElement;
        if (walk.ended || el === document.body || el === document.documentElement) {
            walk.ended ||= walk.seen.size > 0;
            return;
        }
        if (walk.seen.has(el)) {
            walk.ended = el !== walk.stops.at(-1).el;     // a date has a stop a part
            return;
        }
        walk.seen.add(el);
        for (const fault of [...faults_of(el), ...order_of(el)])
            walk.wrong.push(`${name_of(el)} ${fault}`);
    };
    addEventListener('keydown', (event) => event.key === 'Tab' && leave(), true);
    document.body.tabIndex = -1;
    document.body.focus();
    document.body.removeAttribute('tabindex');
    scrollTo(0, 0);
}

// Runs in the page after the walk: what can be pressed and was never reached.  Of a group of radios one is a stop.
function missed_stops() {
    const { seen, wrong } = window.__walk;
    // A part that is asked for again and again may have come anew meanwhile, with others of the same name.
    const same = (el) => el.id || el.getAttribute('href') || `${el.name} ${el.textContent}`;
    const known = new Set([...seen].filter((el) => !el.isConnected).map(same));
    const groups = new Set([...seen].filter((el) => el.type === 'radio').map((el) => `${el.form?.action} ${el.name}`));
    for (const el of document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
        if (el.disabled || el.tabIndex < 0 || seen.has(el) || known.has(same(el)) || !el.checkVisibility({ visibilityProperty: true }))
            continue;
        if (el.type !== 'radio' || !groups.has(`${el.form?.action} ${el.name}`))
            wrong.push(`${el.outerHTML.slice(0, 110)} is never reached`);
    }
    if (document.querySelector('[tabindex]:not([tabindex="0"], [tabindex="-1"])'))
        wrong.push('a tabindex gives another order than that of the page');
    document.activeElement.blur();
    return wrong;
}

// The faults of the stops of a page in these windows, one line each; the page stays in the last window.
export async function tab_walk(page, windows) {
    const wrong = [];
    for (const size of windows) {
        await page.setViewportSize(size);
        await page.evaluate(watch_stops);
        for (let pressed = 0; !await page.evaluate(() => window.__walk.ended); pressed += CHUNK) {
            assert.ok(pressed < MOST, `${page.url()}: Tab never comes back to the start`);
            await Promise.all(Array.from({ length: CHUNK }, () => page.keyboard.press('Tab')));
        }
        wrong.push(...(await page.evaluate(missed_stops)).map((text) => `${size.width}x${size.height}: ${text}`));
    }
    return wrong;
}
