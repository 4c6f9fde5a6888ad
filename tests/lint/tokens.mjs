// Colours of htdocs/css/tokens.css: the two dark blocks are equal, and every pair
// that is used as text on ground has a contrast of 4.5, every edge 3 (WCAG 2.2 AA).
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../../htdocs/css/tokens.css', import.meta.url));
const css = readFileSync(file, 'utf8');

const TEXT = 4.5, EDGE = 3;
const pairs = [];
for (const ground of ['bg', 'surface', 'sunken'])
  for (const ink of ['text', 'text-2', 'accent-text', 'danger-text']) pairs.push([ink, ground, TEXT]);
for (const state of ['announced', 'received', 'delivered', 'cancelled'])
  pairs.push([state, `${state}-soft`, TEXT], [state, 'surface', TEXT], ['text', `${state}-soft`, TEXT]);
pairs.push(['on-accent', 'accent', TEXT], ['on-accent', 'accent-strong', TEXT],
  ['on-danger', 'danger', TEXT], ['on-danger', 'danger-strong', TEXT],
  ['danger-text', 'danger-soft', TEXT], ['text', 'danger-soft', TEXT],
  ['accent-text', 'accent-soft', TEXT], ['text', 'accent-soft', TEXT], ['text-2', 'accent-soft', TEXT],
  ['danger', 'surface', EDGE], ['danger', 'bg', EDGE], ['line-strong', 'surface', EDGE], ['line-strong', 'bg', EDGE], ['focus', 'bg', EDGE], ['focus', 'surface', EDGE],
  ['focus', 'sunken', EDGE]);

const colours = (from) => {
  const block = css.slice(css.indexOf('{', css.indexOf(from)) + 1);
  return Object.fromEntries([...block.slice(0, block.indexOf('}'))
    .matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map((m) => [m[1], m[2]]));
};
const luminance = (hex) => {
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
  const [hi, lo] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (hi + 0.05) / (lo + 0.05);
};

let bad = 0;
const say = (text) => { bad++; console.error(`tokens.css: ${text}`); };
const themes = { light: colours(':root'), dark: colours('[data-theme="dark"]') };

if (JSON.stringify(colours(':root:not([data-theme="light"])')) !== JSON.stringify(themes.dark))
  say('the dark values of the media query and of [data-theme="dark"] differ');
for (const [theme, c] of Object.entries(themes))
  for (const [ink, ground, least] of pairs) {
    if (!c[ink] || !c[ground]) { say(`${theme}: no --${ink} or --${ground}`); continue; }
    const found = contrast(c[ink], c[ground]);
    if (found < least) say(`${theme}: --${ink} on --${ground} is ${found.toFixed(2)}, not ${least}`);
  }
if (bad) process.exit(1);
console.log(`tokens.css: ${pairs.length} pairs in 2 themes have their contrast`);
