// Keys that lead away from a page ask first, if something that was begun on it would be lost; and F2 remembers which
// way of receiving this computer uses.
'use strict';
const leave = (() => {
  const $ = (selector) => document.querySelector(selector), $$ = (selector) => [...document.querySelectorAll(selector)];
  const question = $('#leave');

  // A field that searches loses nothing, and neither does the series, which has saved what it read.
  const KEEPS = '.scan-form,[data-rapid],[data-drawer],dialog form';
  const chosen = (select) => Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));
  const changed = (el) => {
    if (el.tagName === 'BUTTON') return false;
    if (el.type === 'hidden') return el.name === 'signature' && el.value !== el.defaultValue;
    if (el.tagName === 'SELECT') return el.selectedIndex !== chosen(el);
    return ['checkbox', 'radio'].includes(el.type) ? el.checked !== el.defaultChecked : el.value !== (el.defaultValue ?? '');
  };
  const begun = () => $$('main form').some((form) => form.getAttribute('method') === 'post' && !form.matches(KEEPS)
    && ($('[data-summary]') || [...form.elements].some((el) => el.name && !el.disabled && (changed(el) || 'scanned' in el.dataset))));
  const asking = (go) => {
    if (!begun()) { go(); return; }
    question.returnValue = '';
    question.onclose = () => { if (question.returnValue === 'leave') go(); };
    question.showModal();
  };
  const to = (path) => asking(() => location.assign(path));

  // A search from the top, by Enter or by the arrows, leads away as well.
  const search = (event) => {
    const form = event.target;
    if (!form.matches('.omnibox') || !begun()) return;
    event.preventDefault();
    asking(() => form.submit());
  };
  const found = (event) => {
    const link = event.target.closest('#found a');
    if (!link || !begun()) return;
    event.preventDefault();
    to(link.href);
  };
  document.addEventListener('submit', search);
  document.addEventListener('click', found);

  // ---- Receiving: one by one or in series; F2 at the one leads to the other ----
  // A cookie, since what else a browser keeps is cleared when another person goes on.
  const WAYS = ['/receive', '/receive/rapid'];
  const in_series = () => /(?:^|; )in_series=1/.test(document.cookie);
  const remember = (way) => { document.cookie = `in_series=${Number(way === WAYS[1])}; path=/; max-age=31536000; samesite=strict`; };
  const receiving = () => {
    const at = WAYS.indexOf(location.pathname), reads = $('main [data-scan]');
    if (at >= 0 && reads) remember(WAYS[1 - at]);
    to(WAYS[Number(in_series())]);
  };
  document.addEventListener('click', (event) => {
    const way = event.target.closest('.page-head a')?.getAttribute('href');
    if (WAYS.includes(way) && WAYS.includes(location.pathname)) remember(way);
  });
  $$('.rail a[href="/receive"]').forEach((link) => { if (in_series()) link.href = WAYS[1]; });

  return { to, receiving, asking };
})();
