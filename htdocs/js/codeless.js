// Deliver: who opens the part for a hand-over without a code, by F7 from anywhere, is at its first choice; Enter behind its
// last one goes on to the payment, so that nothing is charged from there.
'use strict';
(() => {
  const { $ } = counter;
  const part = $('[data-codeless]');
  if (!part) return;
  const opened = () => setTimeout(() => { if (part.open) $('input', part).focus(); });    // it opens after the click
  const key = (event) => {
    if (event.key !== 'F7' || $('dialog[open]')) return;
    event.preventDefault();
    part.open = true;
    $('input', part).focus();
  };
  const last = (event) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    boxes.pay();
  };
  $('summary', part).addEventListener('click', opened);
  $('[name=identity_checked]', part).addEventListener('keydown', last);
  document.addEventListener('keydown', key);
})();
