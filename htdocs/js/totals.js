// Deliver: the total of the ticked boxes, and the change.
'use strict';
const totals = (() => {
  const { $, $$, pesos, money } = counter;
  const form = $('form[data-deliver]');
  const due = () => {
    const ticked = $$('input[name=ids]:checked', form).reduce((sum, box) => sum + Number(box.dataset.amount), 0);
    const discount = form.elements.discount ? pesos(form.elements.discount.value) : 0;
    return Math.max(0, ticked - discount);
  };
  const total = () => {
    const amount = due();
    form.elements.amount.value = Math.max(0, amount - pesos(form.elements.amount_2.value));
    $$('[data-total]', form).forEach((el) => { el.textContent = money(amount); });
    change();
  };
  const change = () => {
    const row = $('[data-change]', form);
    const given = pesos(form.elements.tendered.value);
    const left = given - pesos(form.elements.amount.value);
    row.hidden = form.elements.method.value !== 'efectivo' || !given || left < 0;
    $('.money', row).textContent = money(Math.max(0, left));
  };
  form.addEventListener('input', (event) => {
    if (['ids', 'discount', 'amount_2'].includes(event.target.name)) total();
    else change();
  });
  form.addEventListener('change', (event) => { if (event.target.name === 'method') change(); });
  change();
  return { form, total };
})();
