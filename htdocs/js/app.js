// Quicker pages; each works without it.
'use strict';
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const on = (name, act) => document.addEventListener(name, act);
  const staff = 'staff' in document.body.dataset;
  const operator = 'operator' in document.body.dataset;

  const say = (text) => {
    const live = $('#live');
    if (!live) return;
    live.textContent = '';
    setTimeout(() => { live.textContent = text; }, 50);   // a change is what gets read
  };

  // ---- Sound: up when it went well, low when it did not; eyes are on the box ----
  let audio;                                              // the page's only AudioContext: a browser gives few
  const sound = (well) => {
    audio ??= new AudioContext();
    const gain = new GainNode(audio, { gain: 0.2 });
    gain.connect(audio.destination);
    (well ? [880, 1320] : [220, 165]).forEach((frequency, i) => {
      const tone = new OscillatorNode(audio, { frequency, type: well ? 'sine' : 'square' });
      tone.connect(gain);
      tone.start(audio.currentTime + i * 0.15);
      tone.stop(audio.currentTime + i * 0.15 + 0.12);
    });
  };

  // ---- Keys of the counter ----
  const typing = (el) => el.matches('input:not([type=checkbox],[type=radio],[type=file]),textarea,select');
  const dirty = () => $$('main form input,main form textarea').some((el) =>
    el.checked !== el.defaultChecked || el.value !== el.defaultValue);
  const showKeys = () => $('#keys').showModal();
  const escape = (event) => {
    const menu = $('details[data-menu][open]');
    if ($('dialog[open]')) return;
    if (menu) { menu.open = false; $('summary', menu).focus(); return; }
    if (event.target.closest('#found')) { $('#omnibox').focus(); return; }
    if (typing(event.target)) { event.target.blur(); return; }
    const back = $('[data-back]');
    if (back) leave.asking(() => back.click());
    else if (!dirty() && history.length > 1) history.back();
  };
  // The button of the toast, else that of the newest line of a series.
  const undo = (event) => {
    const button = $('.toast form button') || $('#lines form[data-undo] button:enabled');
    event.preventDefault();
    if (button) button.click();
    else say('No hay nada que deshacer');
  };
  const keys = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const free = !typing(event.target) && !$('dialog[open]');
    const go = (path) => { event.preventDefault(); leave.to(path); };
    if (event.key === 'Escape') escape(event);
    else if ($('dialog[open]')) return;
    else if (event.key === 'F2' && operator) { event.preventDefault(); leave.receiving(); }
    else if (event.key === 'F4' && operator) go('/deliver');
    else if (/^F\d$/.test(event.key) && $(`[data-key=${event.key}]`)) { event.preventDefault(); $(`[data-key=${event.key}]`).click(); }
    else if (event.key === 'F6' && operator) undo(event);
    else if (event.key === 'F9' && operator && !$('[data-damaged]')) go('/auth/pin');
    else if (event.key === '/' && free) { event.preventDefault(); $('#omnibox').focus(); $('#omnibox').select(); }
    else if (event.key === '?' && free) { event.preventDefault(); showKeys(); }
  };

  // ---- Omnibox: the arrows go through what was found below it ----
  const arrows = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.closest('.omnibox')) return;
    const stops = [$('#omnibox'), ...$$('#found a')];
    const to = stops[stops.indexOf(event.target) + step];
    event.preventDefault();
    if (to) to.focus();
  };
  // Enter opens the first of what is shown, when that is for the words that stand there: what was
  // scanned came faster, and goes to the server.
  const openFirst = (event) => {
    const field = event.target, hits = $('#found [data-hits]'), first = hits && $('a', hits);
    if (event.key !== 'Enter' || event.isComposing || field.id !== 'omnibox' || !first) return;
    if (hits.dataset.hits !== field.value.trim()) return;
    event.preventDefault();
    first.click();
  };

  // ---- A form is sent once ----
  const sent = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== 'post') return;
    if ('sent' in form.dataset) { event.preventDefault(); return; }
    form.dataset.sent = '';
    setTimeout(() => busy(form, true));                   // after the button's value was taken
    setTimeout(() => release(form), 20000);               // the network may have failed
  };
  const busy = (form, yes) => [...form.elements].forEach((el) => {
    if (el.type === 'submit') { el.disabled = yes; el.ariaBusy = yes; }
  });
  const release = (form) => {
    delete form.dataset.sent;
    busy(form, false);
  };

  // ---- Toasts: undo while its time runs ----
  const toast = (el) => {
    const left = $('[data-left]', el);
    const until = Date.parse(el.dataset.until || '');
    const wait = Math.round((until - Date.now()) / 1000);
    say($('p', el).textContent);
    if (left) {
      if (!(Math.abs(wait) < 600)) return;                // this computer's clock is wrong: the server decides
      const tick = () => {
        const s = Math.ceil((until - Date.now()) / 1000);
        if (s <= 0) { el.remove(); return; }
        left.textContent = ` (${s} s)`;
        setTimeout(tick, 250);
      };
      tick();
      return;
    }
    const close = document.createElement('button');
    close.className = 'button close';
    close.ariaLabel = 'Cerrar aviso';
    close.textContent = '×';
    close.onclick = () => el.remove();
    el.append(close);
  };

  const photos = (event) => {
    const input = event.target;
    if (!('photos' in input.dataset)) return;
    const list = $('.photos', input.parentElement) || document.createElement('div');
    list.className = 'photos';
    input.parentElement.append(list);
    list.replaceChildren(...[...input.files].map((file) => {
      const img = new Image();
      img.src = URL.createObjectURL(file);
      img.alt = file.name;
      img.onload = () => URL.revokeObjectURL(img.src);
      return img;
    }));
  };
  const theme = (event) => {
    if ('theme' in event.target.dataset) document.documentElement.dataset.theme = event.target.value;
  };
  const clicked = (event) => {
    const el = event.target.closest('[data-keys],[data-print]');
    if (el && 'keys' in el.dataset) showKeys();
    if (el && 'print' in el.dataset) print();
    $$('details[data-menu][open]').forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  };

  if (staff) { on('keydown', arrows); on('keydown', openFirst); on('keydown', keys); }
  on('change', (event) => { photos(event); theme(event); });
  on('submit', sent);
  on('click', clicked);
  addEventListener('pageshow', (event) => { if (event.persisted) $$('form[data-sent]').forEach(release); });

  $$('[data-keys],[data-print]').forEach((el) => { el.hidden = false; });
  $$('[data-toast]').forEach(toast);
  $$('.filters [aria-current]').forEach((el) => el.scrollIntoView({ block: 'nearest', inline: 'nearest' }));
  // ---- The focus is where the hands go on ----
  const FIELDS = 'input:not([type=hidden],[type=file]),select,textarea';
  const field = (root) => $$(FIELDS, root).find((el) => !el.disabled && el.checkVisibility());
  const scan = $('[data-scan]');
  const summary = $('[data-summary]');
  // Staff begin at what is wrong, which its sentence describes; the public reads all of it first.
  const wrong = () => {
    const named = $('a[href^="#f-"]', summary), at = named && $(named.getAttribute('href'));
    return at && (at.matches(FIELDS) ? at : field(at));
  };
  const only = () => {
    const forms = $$('main form[method=post]').filter((form) => !form.matches('details *, [data-aside]') && field(form));
    return forms.length === 1 && !location.hash && matchMedia('(pointer: fine)').matches && field(forms[0]);
  };
  // Going back to a form that failed, or loading it again, asks for the form; nothing is sent twice.
  if (summary?.dataset.again) history.replaceState(history.state, '', summary.dataset.again);
  const begin = () => {
    if (scan) { scan.focus(); scan.select(); return; }
    if (summary) (staff && wrong() || summary).focus();
    else if (staff && document.activeElement === document.body) only() && only().focus();
  };
  const opened = (event) => {
    const part = event.target.closest('details.more > summary')?.parentElement;
    if (part) setTimeout(() => { if (part.open) field(part)?.focus(); });    // it opens after the click
  };
  begin();
  if (staff) on('click', opened);
  const heard = $('[data-sound]');
  if (staff && (heard || summary)) sound(!summary && heard.dataset.sound === 'ok');
  on('verdict', ({ detail }) => { sound(detail.well); say(detail.text); });
  on('said', ({ detail }) => say(detail));
  on('htmx:afterSettle', () => {
    if (document.activeElement === document.body) $('[data-scan]')?.focus();
  });
})();
