// Deliver: a box that stays at the point; its line alone changes, and the scanned boxes beside it do not.
'use strict';
(() => {
  const { $, $$, parsed, tell } = counter;
  const lineShown = (line, html) => {
    const made = document.createElement('template');
    made.innerHTML = html;
    const fresh = $('li', made.content);
    if (!fresh) return false;
    line.replaceWith(fresh);
    const said = $('[data-say]', fresh);
    totals.total();
    boxes.marked();
    tell(!said, `${$('.guide', fresh).textContent}: ${said ? said.textContent : 'otra vez en la lista'}`);
    boxes.field.focus();
    return true;
  };
  const refused = (line, html, away) => {
    const why = $('[data-summary] li, main > p, .lead', parsed(html));
    const told = document.createElement('p');
    told.className = 'error';
    told.setAttribute('role', 'alert');
    told.textContent = why ? why.textContent : away ? session.ENDED : 'No se pudo anotar. Inténtelo otra vez.';
    if (away) told.append(' ', session.signIn());
    $$('.error', line).forEach((old) => old.remove());
    $('.pick', line).after(told);
    $('textarea', line)?.focus();
  };
  // The key stays until there is an answer: an incident that arrived although its answer was lost is not noted twice.
  const incident = async (event) => {
    const form = event.target, button = event.submitter;
    if (!('incident' in form.dataset)) return;
    event.preventDefault();
    const line = $(`#line-${form.id.split('-')[1]}`), body = new URLSearchParams(new FormData(form));
    form.dataset.key ??= session.key();
    body.set('operation_id', form.dataset.key);
    if (button?.name) body.set(button.name, button.value);
    try {
      const answer = await session.post(button?.hasAttribute('formaction') ? button.formAction : form.action, body);
      if (!answer) { refused(line, '', true); return; }
      const html = await answer.text();
      delete form.dataset.key;
      if (!answer.ok || !lineShown(line, html)) refused(line, html);
    } catch {
      refused(line, '');
    }
  };
  document.addEventListener('submit', incident, true);
})();
