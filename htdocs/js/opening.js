// Deliver: a drawer is opened where its lack is told, and what was scanned beside it stays.
'use strict';
(() => {
  const { $, parsed } = counter;
  const { form, total } = totals;
  const ask = $('form[data-drawer]');
  const refused = (text) => {
    const told = $('.error', ask);
    told.textContent = text;
    told.hidden = false;
    ask.elements.base.focus();
  };
  const opened = () => {
    ask.remove();
    if (!form.elements.method.value) form.elements.method.value = 'efectivo';
    total();
    boxes.field.focus();
  };
  // The key stays until there is an answer: a drawer that was opened although the answer was lost is not opened twice.
  const open = async (event) => {
    event.preventDefault();
    ask.dataset.key ??= session.key();
    const body = new URLSearchParams(new FormData(ask));
    body.set('operation_id', ask.dataset.key);
    try {
      const answer = await session.post(ask.action, body);
      if (!answer) { refused(session.ENDED); $('.error', ask).append(' ', session.signIn()); return; }
      delete ask.dataset.key;
      if (answer.ok) opened();
      else refused($('[data-summary] li, .lead', parsed(await answer.text()))?.textContent ?? 'No se pudo abrir. Inténtelo otra vez.');
    } catch {
      refused('Sin conexión: la caja no se ha abierto. Inténtelo otra vez.');
    }
  };
  ask?.addEventListener('submit', open);
})();
