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
  }

  // ---- Deliver: each box is read; one that is not theirs fills the screen ----
  const boxes = deliver && $('[data-boxes]', deliver);
  const tell = (well, text) => document.dispatchEvent(new CustomEvent('verdict', { detail: { well, text } }));
  const plain = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const lines = () => $$('input[name=ids]', deliver);
  const pay = () => (deliver.elements.method.value === 'efectivo' ? deliver.elements.tendered : $('button[type=submit]', deliver)).focus();
  const progress = () => {
    const ticked = lines().filter((box) => box.checked), read = ticked.filter((box) => 'scanned' in box.dataset);
    $('[data-progress]', deliver).textContent = `${read.length} de ${ticked.length} escaneados`;
  };
  const marked = () => { lines().forEach(mark); progress(); };
  const mark = (box) => {
    const state = $('[data-state]', box.closest('li'));
    state.hidden = !box.checked && !('scanned' in box.dataset);
    state.textContent = 'scanned' in box.dataset ? 'Escaneada' : 'Sin escanear';
    box.closest('li').classList.toggle('line-scanned', 'scanned' in box.dataset);
  };
  const wrong = (text) => {
    $('[data-wrong]').textContent = text;
    $('[data-whose]').href = `/find?q=${encodeURIComponent(text)}`;
    $('#wrong').showModal();
    tell(false, `Caja equivocada, ${text}`);
  };
  const unread = () => lines().filter((box) => box.checked && !('scanned' in box.dataset)).length;
  const read = (box) => {
    box.dataset.scanned = '';
    box.checked = true;
    total();
    marked();
    const left = unread();
    tell(true, left ? `Correcta, faltan ${left}` : 'Correcta, están todas');
    if (!left) (proven() ? pay : askCode)();
  };
  // Who was found by name or phone still has to show something.
  const proven = () => $('input[type=hidden][name=code]', deliver) || deliver.elements.code.value || deliver.elements.override_reason.value;
  const askCode = () => $('#f-code').focus();
  let lastBox = -Infinity;
  const boxed = (event) => {
    if (event.key !== 'Enter') return;
    const text = plain(event.target.value), twice = event.timeStamp - lastBox < 250;
    event.preventDefault();
    event.target.value = '';
    if (!text) { if (!twice) pay(); return; }
    lastBox = event.timeStamp;
    const box = lines().find((one) => [one.dataset.guide, one.dataset.code].includes(text));
    if (box) read(box);
    else wrong(text);
  };
  // The code may be scanned, too, whose Enter must not take the money yet; and boxes may be
  // read into its field, which has the focus at first.
  const coded = (event) => {
    if (event.key !== 'Enter') return;
    const text = plain(event.target.value), twice = event.timeStamp - lastBox < 250;
    if (!text && !twice) return;
    if (!/^\d{6}$/.test(text) || lines().some((one) => one.dataset.code === text)) { boxed(event); return; }
    event.preventDefault();
    lastBox = event.timeStamp;
    if (unread()) $('#box').focus();
    else pay();
  };
  if (boxes) {
    boxes.hidden = false;
    marked();
    deliver.addEventListener('change', marked);
    $('#box').addEventListener('keydown', boxed);
    $('#f-code')?.addEventListener('keydown', coded);
    // The second Enter after the last box comes where the focus is by then: it is no payment.
    deliver.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') lastBox = -Infinity;
      else if (event.timeStamp - lastBox < 250) event.preventDefault();
    });
    if ($('input[type=hidden][name=code]', deliver) && !$('[data-summary]')) $('#box').focus();
  }

  // ---- The session ended meanwhile: nothing of the page is lost, and it goes on after a sign-in elsewhere ----
  const ENDED = 'Su sesión terminó: ingrese en otra pestaña y siga aquí.';
  let out = false;
  const parsed = (html) => new DOMParser().parseFromString(html, 'text/html');
  const signIn = () => {
    const link = document.createElement('a');
    Object.assign(link, { href: '/auth/login', target: '_blank', rel: 'noopener', textContent: 'Ingresar' });
    return link;
  };
  // The forms here are the former session's until they have the new one's secret.
  const renewed = async () => {
    const page = await fetch('/profile');
    const fresh = page.ok && !page.redirected && $('input[name=csrf]', parsed(await page.text()));
    if (fresh) $$('input[name=csrf]').forEach((field) => { field.value = fresh.value; });
    out = !fresh;
  };
  // Null when the session ended; of one that began anew elsewhere the secret is taken once.
  const post = async (url, body) => {
    if (out) await renewed();
    for (let again = out; ; again = true) {
      body.set('csrf', $('input[name=csrf]').value);
      const answer = await fetch(url, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
      out = answer.headers.has('HX-Redirect');
      if (answer.status !== 403 || again) return out ? null : answer;
      await renewed();
    }
  };

  // ---- Deliver: a box that stays; its line alone changes, what was scanned beside it does not ----
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  const toScan = () => { if (boxes) $('#box').focus(); };
  const lineShown = (line, html) => {
    const made = document.createElement('template');
    made.innerHTML = html;
    const fresh = $('li', made.content);
    if (!fresh) return false;
    line.replaceWith(fresh);
    const said = $('[data-say]', fresh);
    total();
    marked();
    tell(!said, `${$('.guide', fresh).textContent}: ${said ? said.textContent : 'otra vez en la lista'}`);
    toScan();
    return true;
  };
  const refused = (line, html, away) => {
    const why = $('[data-summary] li, main > p, .lead', parsed(html));
    const told = document.createElement('p');
    told.className = 'error';
    told.setAttribute('role', 'alert');
    told.textContent = why ? why.textContent : away ? ENDED : 'No se pudo anotar. Inténtelo otra vez.';
    if (away) told.append(' ', signIn());
    $$('.error', line).forEach((old) => old.remove());
    $('.pick', line).after(told);
    $('textarea', line)?.focus();
  };
  // The key stays until there is an answer: what arrived although the answer was lost is not done twice.
  const incident = async (event) => {
    const form = event.target, button = event.submitter;
    if (!('incident' in form.dataset)) return;
    event.preventDefault();
    const line = $(`#line-${form.id.split('-')[1]}`), body = new URLSearchParams(new FormData(form));
    form.dataset.key ??= key();
    body.set('operation_id', form.dataset.key);
    if (button?.name) body.set(button.name, button.value);
    try {
      const answer = await post(button?.hasAttribute('formaction') ? button.formAction : form.action, body);
      if (!answer) { refused(line, '', true); return; }
      const html = await answer.text();
      delete form.dataset.key;
      if (!answer.ok || !lineShown(line, html)) refused(line, html);
    } catch {
      refused(line, '');
    }
  };
  if (deliver) document.addEventListener('submit', incident, true);

  // ---- Rapid intake: the next scan never waits for the answer to the last ----
  const rapid = $('form[data-rapid]');
  const scans = [];
  let asking = false;
  const judged = (verdict) => {
    $('#verdict').replaceChildren(verdict);
    tell(verdict.dataset.sound === 'ok', verdict.dataset.say);
  };
  const placed = (line, fresh) => {
    const same = fresh.id && document.getElementById(fresh.id);
    if (same) { same.remove(); }
    line.replaceWith(fresh);
    const undo = $('[data-undo]', fresh);
    if (undo) setTimeout(() => undo.remove(), Number(undo.dataset.undo) * 1000);
  };
  const shown = (line, html) => {
    const made = document.createElement('template');
    made.innerHTML = html;
    const fresh = $('li', made.content), verdict = $('.verdict', made.content), drop = $('#drop', made.content);
    if (!fresh || !verdict) return false;
    placed(line, fresh);
    if (drop) $('#drop').replaceWith(drop);
    judged(verdict);
    return true;
  };
  const element = (name, text, attributes = {}) => {
    const made = document.createElement(name);
    made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  };
  const icon = (symbol) => {
    const made = $('svg.icon').cloneNode(true), use = $('use', made);
    use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#${symbol}`));
    return made;
  };
  // Eyes are on the box: whatever is no success is heard and stands in red.
  const failed = (title, text, why) => {
    const verdict = element('div', '', { class: 'verdict verdict-bad', role: 'alert', 'data-sound': 'bad', 'data-say': `${title}. ${why}` });
    verdict.append(icon('warning'), element('h2', title), element('p', text, { class: 'code guide' }), element('p', why));
    judged(verdict);
  };
  const unanswered = (line, text) => {
    const what = element('span', '', { class: 'line-what' });
    what.append(element('span', text, { class: 'code guide' }), element('span', 'No se pudo', { class: 'muted small' }));
    line.className = 'line line-scan line-bad';
    line.replaceChildren(icon('warning'), what);
    failed('No se recibió', text, 'Escanéela otra vez.');
  };
  const busy = (answer) => answer.status === 503 || answer.status === 502;
  // Said once of each scan, not of each try.
  let cut = false;
  const waits = (line, text) => {
    const why = out ? 'Su sesión terminó' : 'Sin conexión';
    cut = true;
    line.lastChild.textContent = `${text}: ${why.toLowerCase()}, se intenta otra vez`;
    if (line.dataset.told === why) return;
    line.dataset.told = why;
    failed(why, text, out ? 'Ingrese en otra pestaña: lo leído se guarda solo después.' : 'Se guarda solo cuando vuelva.');
    if (out) $('#verdict .verdict').append(signIn());
  };
  const asked = async (line, text, body) => {
    const answer = await post(rapid.action, body);
    if (!answer || busy(answer)) return false;
    if (!shown(line, await answer.text())) unanswered(line, text);
    return true;
  };
  // The same key each time: what arrived although the answer was lost is not done twice.
  const ask = async () => {
    if (asking || !scans.length) return;
    asking = true;
    const { body, line } = scans[0], text = body.get('scan');
    const done = await asked(line, text, body).catch(() => false);
    if (done) { cut = false; scans.shift(); }
    else waits(line, text);
    asking = false;
    setTimeout(ask, done ? 0 : 2000);
  };
  const scan = (event) => {
    event.preventDefault();
    const field = rapid.elements.scan, body = new URLSearchParams(new FormData(rapid));
    const line = document.createElement('li');
    line.className = 'line line-scan line-waiting';
    line.append(document.createElement('span'), body.get('scan'));
    body.set('operation_id', key());
    field.value = '';
    field.focus();
    $('#lines').prepend(line);
    scans.push({ body, line });
    if (cut) waits(line, body.get('scan'));
    else ask();
  };
  // The drop has one less, and nobody is to put it anywhere.
  const taken = async (line) => {
    const verdict = $('#verdict .verdict');
    if (verdict?.dataset.of === line.id) $('#verdict').replaceChildren(element('p', 'Deshecho: no quedó en el punto.', { class: 'muted' }));
    tell(true, 'Deshecho');
    const page = await fetch(rapid.action);
    const drop = page.ok && $('#drop', parsed(await page.text()));
    if (drop) $('#drop').replaceWith(drop);
  };
  const undo = async (event) => {
    const form = event.target;
    if (!('undo' in form.dataset)) return;
    event.preventDefault();
    const line = form.closest('li'), says = (text) => { $('.small', line).textContent = text; }, button = $('button', form);
    if (button.disabled) return;
    button.disabled = true;
    rapid.elements.scan.focus();
    try {
      const answer = await post(form.action, new URLSearchParams(new FormData(form)));
      if (!answer || busy(answer)) throw new Error('not now');
      form.remove();
      says(answer.ok ? 'Deshecho' : 'Ya no se puede deshacer: abra el paquete');
      if (answer.ok) {
        line.className = 'line line-scan line-off';
        $('.icon', line).replaceWith(icon('undo'));
        $('.spot', line)?.remove();
        await taken(line).catch(() => {});        // the next scan brings it
      } else {
        tell(false, 'No se pudo deshacer');
      }
    } catch {
      button.disabled = false;
      says(out ? ENDED : 'Sin conexión: inténtelo otra vez');
      tell(false, out ? ENDED : 'Sin conexión');
    }
  };
  const damaged = (event) => {
    if (event.key !== 'F9') return;
    event.preventDefault();
    const door = $('[data-damaged]'), field = $('input[name=guide]', door);
    door.open = true;
    field.value = rapid.elements.scan.value;
    if (field.value) field.form.requestSubmit();
    else field.focus();
  };
  // What the series goes on with goes along.
  const along = (event) => ['type', 'carrier'].forEach((name) => { event.target.elements[name].value = rapid.elements[name].value; });
  if (rapid) {
    rapid.addEventListener('submit', scan);
    $('#lines').addEventListener('submit', undo);
    document.addEventListener('keydown', damaged);
    $('[data-damaged] form').addEventListener('submit', along);
    addEventListener('beforeunload', (event) => { if (scans.length) event.preventDefault(); });
  }

  // ---- A signature: strokes as a path, which is what is kept ----
  const pad = $('[data-signature]');
  const draw = () => {
    const canvas = $('canvas', pad), pen = canvas.getContext('2d'), field = $('input', pad);
    let last = null;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      const on = (part, whole) => Math.round(Math.min(Math.max(part, 0), 1) * whole);     // a stroke that runs out stays on the edge
      return [on((event.clientX - box.left) / box.width, canvas.width), on((event.clientY - box.top) / box.height, canvas.height)];
    };
    pen.lineWidth = 2.5;
    pen.lineCap = 'round';
    if (field.value) pen.stroke(new Path2D(field.value));     // what was signed before an error
    canvas.addEventListener('pointerdown', (event) => { last = at(event); field.value += `M${last.join(' ')}`; canvas.setPointerCapture(event.pointerId); });
    canvas.addEventListener('pointermove', (event) => {
      const to = at(event);
      if (!last || field.value.length > 7900 || Math.hypot(to[0] - last[0], to[1] - last[1]) < 2) return;
      pen.beginPath();
      pen.moveTo(...last);
      pen.lineTo(...to);
      pen.stroke();
      field.value += `L${to.join(' ')}`;
      last = to;
    });
    canvas.addEventListener('pointerup', () => { last = null; });
    $('button', pad).addEventListener('click', () => { field.value = ''; pen.clearRect(0, 0, canvas.width, canvas.height); });
    pad.hidden = false;
  };
  if (pad) draw();
})();
