// Deliver: who opens the part for a hand-over without a code is at its first choice.
'use strict';
(() => {
  const { $ } = counter;
  const part = $('[data-codeless]');
  const opened = () => setTimeout(() => { if (part.open) $('input', part).focus(); });    // it opens after the click
  if (part) $('summary', part).addEventListener('click', opened);
})();
