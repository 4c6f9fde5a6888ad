// A drawer that is counted: what the pieces of each kind come to, and all of them.
'use strict';
(() => {
  const { $, $$, pesos, money } = counter;
  const form = $('form[data-count]');
  if (!form) return;
  const tally = () => {
    const sum = $$('input[data-value]', form).reduce((total, input) => {
      const part = pesos(input.value) * Number(input.dataset.value);
      input.nextElementSibling.textContent = part ? money(part) : '';
      return total + part;
    }, 0);
    const row = $('[data-counted]', form);
    row.hidden = false;
    $('.money', row).textContent = money(sum);
  };
  tally();
  form.addEventListener('input', tally);
})();
