// Functions that the scripts of the counter's pages share.  The forms of these pages work without any of them.
'use strict';
const counter = (() => {
  const opened = performance.now();

  // A scanner may send Enter twice: the second must not send the page that the first opened.
  let typed = false;
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') { typed = true; return; }
    if (!typed && event.timeStamp - opened < 400) event.preventDefault();
  }, true);

  // Pesos as people write them, by the server's grammar (money_parse); NaN for what is not understood.
  const INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
  const MONEY = /^(-?)(?:\$ ?)?(?:((?!0)\d{1,3}(?:[.' ]\d{3})+)(?:,00)?|((?!0)\d{1,3}(?:,\d{3})+)(?:\.00)?|(\d+)(?:(?<=\d{4})[.,]00)?)$/;
  const pesos = (text) => {
    const plain = text.replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
    if (!plain) return 0;
    const [, sign, dots, commas, bare] = MONEY.exec(plain) ?? [];
    const digits = (dots ?? commas ?? bare ?? '').replace(/\D/g, '');
    return digits && digits.length <= 15 ? Number(sign + digits) : NaN;
  };

  return {
    $: (selector, root = document) => root.querySelector(selector),
    $$: (selector, root = document) => [...root.querySelectorAll(selector)],
    pesos,
    // Pieces, which are counted without groups; NaN for what is no whole number.
    pieces: (text) => (/^\s*\d*\s*$/.test(text) ? Number(text) : NaN),
    money: (n) => '$' + String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '.'),
    parsed: (html) => new DOMParser().parseFromString(html, 'text/html'),
    // Heard as a sound and read aloud by app.js.
    tell: (well, text) => document.dispatchEvent(new CustomEvent('verdict', { detail: { well, text } })),
  };
})();
