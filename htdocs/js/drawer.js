// A drawer that is counted: what the pieces of each kind come to, and all of them.
'use strict';
(() => {
  const { $, $$, pieces, money } = counter;
  const form = $('form[data-count]');
  if (!form) return;
  const tally = () => {
    const sum = $$('input[data-value]', form).reduce((total, input) => {
      const part = pieces(input.value) * Number(input.dataset.value);
      input.nextElementSibling.textContent = Number.isNaN(part) ? '—' : part ? money(part) : '';
      return total + part;
    }, 0);
    const row = $('[data-counted]', form);
    row.hidden = false;
    $('.money', row).textContent = Number.isNaN(sum) ? '—' : money(sum);
  };
  tally();
  form.addEventListener('input', tally);
})();
