// Rapid intake: the next scan never waits for the answer to the last.
'use strict';
const series = (() => {
  const { $ } = counter;
  const { element, icon, judged, failed } = verdict;
  const form = $('form[data-rapid]');
  const scans = [];
  let asking = false;

  let newest = null;                       // the line of the box that was scanned last
  const placed = (line, fresh) => {
    if (newest === line) newest = fresh;
    const same = fresh.id && document.getElementById(fresh.id);
    if (same) { same.remove(); }
    line.replaceWith(fresh);
    const undo = $('[data-undo]', fresh);
    if (undo) setTimeout(() => undo.remove(), Number(undo.dataset.undo) * 1000);
  };
  const shown = (line, html) => {
    const made = document.createElement('template');
    made.innerHTML = html;
    const fresh = $('li', made.content), answer = $('.verdict', made.content), drop = $('#drop', made.content), of = $('#of-carrier', made.content);
    if (!fresh || !answer) return false;
    placed(line, fresh);
    if (drop) $('#drop').replaceWith(drop);
    if (of) $('#of-carrier').replaceWith(of);
    judged(answer);
    return true;
  };
  const unanswered = (line, text) => {
    const what = element('span', '', { class: 'line-what' });
    what.append(element('span', text, { class: 'code guide' }), element('span', 'No se pudo', { class: 'muted small' }));
    line.className = 'line line-scan line-bad';
    line.replaceChildren(icon('warning'), what);
    failed('No se recibió', text, 'Escanéela otra vez.');
  };

  // A scan that has to wait says so once, not at each try.
  let cut = false;
  const waits = (line, text) => {
    const out = session.ended(), why = out ? 'Su sesión terminó' : 'Sin conexión';
    cut = true;
    line.lastChild.textContent = `${text}: ${why.toLowerCase()}, se intenta otra vez`;
    if (line.dataset.told === why) return;
    line.dataset.told = why;
    failed(why, text, out ? 'Ingrese en otra pestaña: lo leído se guarda solo después.' : 'Se guarda solo cuando vuelva.');
    if (out) $('#verdict .verdict').append(session.signIn());
  };
  // A scan keeps its key when it is sent again, so that a box whose answer was lost is not received twice.
  const ask = async () => {
    if (asking) return;
    asking = true;
    while (scans.length) {
      const { body, line } = scans[0], text = body.get('scan');
      const answer = await session.insist(form.action, body, () => waits(line, text));
      if (!shown(line, answer.text)) unanswered(line, text);
      cut = false;
      scans.shift();
    }
    asking = false;
  };
  const scan = (event) => {
    event.preventDefault();
    const field = form.elements.scan, body = new URLSearchParams(new FormData(form)), none = event.submitter?.name === 'no_guide';
    if (none) { body.set('no_guide', '1'); body.set('scan', ''); }
    const line = document.createElement('li');
    line.className = 'line line-scan line-waiting';
    line.append(document.createElement('span'), none ? 'Sin guía' : body.get('scan'));
    body.set('operation_id', session.key());
    field.value = '';
    field.focus();
    $('#lines').prepend(line);
    newest = line;
    scans.push({ body, line });
    if (cut) waits(line, body.get('scan'));
    else ask();
  };
  form.addEventListener('submit', scan);
  // The drop's carrier is asked when the first box was read: Enter behind the answer takes that box.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.target.name !== 'carrier' || !event.target.value || event.target.value === 'otra') return;
    event.preventDefault();
    form.requestSubmit();
  });
  addEventListener('beforeunload', (event) => { if (scans.length) event.preventDefault(); });

  // ---- F9 opens the page of a damaged box, which takes along what the series goes on with ----
  const door = $('[data-damaged]');
  const damaged = (event) => {
    if (event.key !== 'F9') return;
    event.preventDefault();
    const field = $('input[name=guide]', door);
    door.open = true;
    field.value = form.elements.scan.value;
    if (field.value) field.form.requestSubmit();
    else field.focus();
  };
  const along = (event) => {
    const to = event.target.elements, { type, carrier, carrier_other: other } = form.elements;
    to.type.value = type.value;
    to.carrier.value = other?.value || carrier.value;
  };
  document.addEventListener('keydown', damaged);
  $('form', door).addEventListener('submit', along);

  return { form, shown, last: () => newest ?? $('#lines > li'), waiting: () => scans.length > 0 };
})();
