// A scanner is a keyboard that ends each reading in Enter, sometimes twice, or in a tabulator.
'use strict';
const scanner = (() => {
  const AGAIN_MS = 250;                    // an Enter sooner after the last one is the scanner's second
  const KEY_MS = 60, LEAST = 5;            // fingers need longer from key to key; no reading is shorter
  const LATE = 'unread';                   // kept for the next page: a reading that came while this one was being sent
  const $ = (selector, root = document) => root.querySelector(selector);
  const on = (name, act) => document.addEventListener(name, act);
  const reads = (field) => 'scan' in field.dataset || 'clean' in field.dataset;

  // A symbology identifier (]C1, ]d2 …) is no part of the code; a control character stands between two.
  const clean = (text) => text.replace(/[\u0000-\u001f\u007f]+/g, '\t').trim().replace(/^\][A-Za-z][0-9]/, '').trim();
  const cleanField = ({ target }) => { if (reads(target)) target.value = clean(target.value); };

  // ---- Keys: whether anything was typed since the last reading ended, and how fast ----
  let ended = -Infinity, fresh = false, burst = { keys: 0, at: -Infinity };
  const typed = (event) => {
    if (event.key?.length !== 1 || event.ctrlKey || event.altKey || event.metaKey) return;
    burst = { keys: event.timeStamp - burst.at < KEY_MS ? burst.keys + 1 : 1, at: event.timeStamp };
    fresh = true;
  };
  const missing = (form) => [...form.elements].find((el) => el.willValidate && el.required && el.validity.valueMissing);
  const entered = (event) => {
    const field = event.target, read = fresh, second = !read && event.timeStamp - ended < AGAIN_MS;
    if (event.key !== 'Enter' || !field.matches('input:not([type=checkbox],[type=radio],[type=file]),textarea,select')) return;
    fresh = false;
    burst.keys = 0;
    if (second) { event.preventDefault(); return; }
    // The field's text is selected, so that the next reading takes its place and never joins it.
    if (reads(field) && document.activeElement === field) field.select();
    if (!('scan' in field.dataset)) return;
    ended = event.timeStamp;
    const next = missing(field.form), late = 'sent' in field.form.dataset;
    if (field.value && !next && !late) return;
    event.preventDefault();
    if (late) { if (read) sessionStorage.setItem(LATE, field.value); return; }
    if (!field.value) return;
    $('dialog.camera[open]')?.close();
    next.focus();
    document.dispatchEvent(new CustomEvent('said', { detail: `Leído ${field.value}` }));
  };
  // Ends what stands in the field, as a scanner's Enter would.
  const enter = (field) => {
    const press = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true });
    if (field.dispatchEvent(press)) [...field.form.elements].find((el) => el.type === 'submit').click();
  };
  const tabbed = (event) => {
    const read = burst.keys >= LEAST && event.timeStamp - burst.at < KEY_MS;
    if (event.key !== 'Tab' || event.shiftKey || !read || !reads(event.target)) return;
    event.preventDefault();
    enter(event.target);
  };
  // A browser would take the line ends out, and make one code of two.
  const pasted = (event) => {
    const field = event.target, text = event.clipboardData.getData('text').trim();
    if (!reads(field) || !/[\r\n]/.test(text)) return;
    event.preventDefault();
    field.setRangeText(text.replace(/[\r\n\t]+/g, '\t'), field.selectionStart, field.selectionEnd, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };

  const tellLate = () => {
    const field = $('[data-scan]'), unread = sessionStorage.getItem(LATE);
    if (!field || !unread) return;
    const text = `Se leyó ${unread} antes de tiempo y no se guardó. Escanéelo otra vez.`;
    sessionStorage.removeItem(LATE);
    field.before(Object.assign(document.createElement('p'), { className: 'error', role: 'alert', textContent: text }));
    document.dispatchEvent(new CustomEvent('verdict', { detail: { well: false, text } }));
  };

  // Before anyone else looks at what was read.
  document.addEventListener('keydown', (event) => { if (event.key === 'Enter' || event.key === 'Tab') cleanField(event); }, true);
  on('change', cleanField);
  on('keydown', typed);
  on('keydown', entered);
  on('keydown', tabbed);
  on('paste', pasted);
  tellLate();
  return { enter };
})();
