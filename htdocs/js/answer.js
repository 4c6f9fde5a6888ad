// The answer to a question: a text that is written already comes into the field without losing what stands there.
'use strict';
(() => {
  const field = document.querySelector('[data-answer] textarea');
  if (!field) return;
  document.addEventListener('click', (event) => {
    const chip = event.target.closest('[data-canned]');
    if (!chip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n${chip.dataset.canned}` : chip.dataset.canned;
    field.focus();
  });
})();
