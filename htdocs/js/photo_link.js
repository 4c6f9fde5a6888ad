// Photos that a phone sends into the open form: a link as a QR, and what came by it, as thumbnails that the form sends along.
'use strict';
(() => {
  const PACE_MS = 2000;
  const input = document.querySelector('[data-photos]'), button = document.querySelector('[data-by-phone]');
  const block = document.querySelector('[data-linked]');
  if (!input || !block) return;
  const [at, word, link, came] = ['[name=photo_form]', '[role=status]', '[data-link]', '[data-came]'].map((what) => block.querySelector(what));
  const ENDED = 'Su sesión terminó: ingrese en otra pestaña y siga aquí.';
  let tag = '', until = 0, timer = 0, count = 0, asking = false;

  const say = (text) => { if (word.textContent !== text) word.textContent = text; };
  const post = (url, fields) => fetch(url, { method: 'POST', headers: { 'HX-Request': 'true' },
    body: new URLSearchParams({ csrf: input.form.elements.csrf.value, ...fields }) });

  // ---- What came: asked for again and again, while the link lives and somebody looks at the page ----
  const show = (html) => {
    came.innerHTML = html;
    const now = came.querySelectorAll('li').length, read = came.querySelectorAll('[name=linked_photos]').length;
    if (now > count) say(now - count === 1 ? 'Llegó una foto del celular.' : `Llegaron ${now - count} fotos del celular.`);
    else if (read < now) say('Una foto del celular no se pudo leer: tómela otra vez.');
    count = now;
    input.form.dispatchEvent(new Event('change'));
  };
  const ask = async () => {
    if (asking || !at.value) return;
    asking = true;
    try {
      const answer = await fetch(`/photo-links/${at.value}`, { headers: { 'HX-Request': 'true', 'If-None-Match': tag } });
      if (answer.ok) {
        tag = answer.headers.get('ETag') ?? '';
        show(await answer.text());
      } else if (answer.status === 401) { until = 0; say(ENDED); }
    } catch { /* no network: it is asked again */ }
    asking = false;
  };
  const preparing = () => [...came.querySelectorAll('li')].some((item) => !item.querySelector('img,.icon'));
  const over = () => {
    if (!link.firstChild || Date.now() < until) return;
    link.replaceChildren();
    say('El enlace venció. Si falta una foto, oprima «Con el celular» otra vez.');
  };
  const turn = async () => {
    clearTimeout(timer);
    if (document.hidden) return;
    await ask();
    over();
    if (Date.now() < until || preparing()) timer = setTimeout(turn, PACE_MS);
  };

  // ---- The link ----
  const make = async () => {
    button.disabled = true;
    say('Haciendo el enlace…');
    try {
      const answer = await post('/photo-links', { photo_form: at.value });
      if (!answer.ok) throw answer;
      link.innerHTML = await answer.text();
      const panel = link.firstElementChild;
      at.value = panel.dataset.form;
      until = Date.now() + panel.dataset.seconds * 1000;
      say('');
      panel.focus();                       // not the button, which a scanner's Enter would press again
      turn();
    } catch (fault) {
      say(fault.status === 401 ? ENDED : 'No se pudo hacer el enlace. Revise la conexión e intente otra vez.');
    }
    button.disabled = false;
  };
  const drop = async (event) => {
    const url = event.target.closest('[data-drop]')?.dataset.drop;
    if (!url) return;
    try {
      const answer = await post(url, {});
      if (!answer.ok) throw answer;
    } catch (fault) {
      say(fault.status === 401 ? ENDED : 'No se pudo quitar la foto. Intente otra vez.');
      return;
    }
    tag = '';
    count = 0;
    await ask();
    say('Foto quitada.');
    button.focus();
  };

  button.addEventListener('click', make);
  came.addEventListener('click', drop);
  document.addEventListener('visibilitychange', () => { if (until || preparing()) turn(); });
  block.hidden = false;
  if (matchMedia('(pointer: fine)').matches) {
    button.hidden = false;
    input.parentElement.querySelector('.camera-button')?.after(button);
  }
  if (at.value) turn();                    // a form that came back keeps what the phone sent
})();
