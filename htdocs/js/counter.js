// The counter's forms, quicker; each works without it.
'use strict';
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const opened = performance.now();
  const pesos = (text) => Number(text.replace(/[^0-9]/g, ''));
  const money = (n) => '$' + String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '.');

  // A scanner may send Enter twice: the second must not send the page that the first opened.
  let typed = false;
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') { typed = true; return; }
    if (!typed && event.timeStamp - opened < 400) event.preventDefault();
  }, true);

  // ---- Receive: what is not well needs a photo and a note ----
  const receive = $('form[data-receive]');
  const condition = () => {
    const well = receive.elements.condition.value === 'BUENO';
    receive.elements.photos.required = !well;
    receive.elements.observations.required = !well;
  };
  const tooMany = () => {
    const input = receive.elements.photos;
    input.setCustomValidity(input.files.length > 6 ? 'Elija como máximo seis fotos.' : '');
  };
  if (receive) {
    condition();
    receive.addEventListener('change', () => { condition(); tooMany(); });
  }

  // ---- A drawer: what each kind of piece comes to, and all of them ----
  const count = $('form[data-count]');
  const tally = () => {
    const sum = $$('input[data-value]', count).reduce((total, input) => {
      const part = pesos(input.value) * Number(input.dataset.value);
      input.nextElementSibling.textContent = part ? money(part) : '';
      return total + part;
    }, 0);
    const row = $('[data-counted]', count);
    row.hidden = false;
    $('.money', row).textContent = money(sum);
  };
  if (count) {
    tally();
    count.addEventListener('input', tally);
  }

  // ---- Deliver: the total of what is ticked, and the change ----
  const deliver = $('form[data-deliver]');
  const due = () => {
    const ticked = $$('input[name=ids]:checked', deliver).reduce((sum, box) => sum + Number(box.dataset.amount), 0);
    const discount = deliver.elements.discount ? pesos(deliver.elements.discount.value) : 0;
    return Math.max(0, ticked - discount);
  };
  const total = () => {
    const amount = due();
    deliver.elements.amount.value = Math.max(0, amount - pesos(deliver.elements.amount_2.value));
    $$('[data-total]', deliver).forEach((el) => { el.textContent = money(amount); });
    change();
  };
  const change = () => {
    const row = $('[data-change]', deliver);
    const given = pesos(deliver.elements.tendered.value);
    const left = given - pesos(deliver.elements.amount.value);
    row.hidden = deliver.elements.method.value !== 'efectivo' || !given || left < 0;
    $('.money', row).textContent = money(Math.max(0, left));
  };
  if (deliver) {
    deliver.addEventListener('input', (event) => {
      if (['ids', 'discount', 'amount_2'].includes(event.target.name)) total();
      else change();
    });
    deliver.addEventListener('change', (event) => { if (event.target.name === 'method') change(); });
    change();
    if ($('input[type=hidden][name=code]', deliver) && !$('[data-summary]')) deliver.elements.tendered.focus();
  }
})();
