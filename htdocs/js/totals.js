// Deliver: the total of the ticked boxes, and the change.
'use strict';
const totals = (() => {
  const { $, $$, pesos, money } = counter;
  const form = $('form[data-deliver]');
  // An amount that is not understood is NaN, which leaves the sum empty, and its field says so.
  const typed = (name) => {
    const field = form.elements[name], amount = field ? pesos(field.value) : 0, wrong = Number.isNaN(amount);
    field?.setCustomValidity(wrong ? 'Escriba pesos enteros, por ejemplo 20.000.' : '');
    if (wrong && field.closest('details')) field.closest('details').open = true;
    return amount;
  };
  const due = () => {
    const ticked = $$('input[name=ids]:checked', form).reduce((sum, box) => sum + Number(box.dataset.amount), 0);
    return Math.max(0, ticked - typed('discount'));
  };
  const show = (amount) => $$('[data-total]', form).forEach((el) => { el.textContent = Number.isNaN(amount) ? '—' : money(amount); });
  const total = () => {
    const amount = due(), rest = Math.max(0, amount - typed('amount_2'));
    form.elements.amount.value = Number.isNaN(rest) ? '' : rest;
    show(amount);
    change();
  };
  const change = () => {
    const row = $('[data-change]', form), given = typed('tendered'), left = given - typed('amount');
    row.hidden = form.elements.method.value !== 'efectivo' || !given || !(left >= 0);
    $('.money', row).textContent = row.hidden ? '' : money(left);
  };
  form.addEventListener('input', (event) => {
    if (['ids', 'discount', 'amount_2'].includes(event.target.name)) total();
    else change();
  });
  form.addEventListener('change', (event) => { if (event.target.name === 'method') change(); });
  if (typed('discount')) show(due());                     // a form that came back; its amount stays as it was typed
  change();
  return { form, total };
})();
