// Says while one types whether that number takes SMS, and which guides are understood.  The server decides.
'use strict';
(() => {
  const form = document.querySelector('[data-announce]');
  const phone = form.elements.phone;
  const note = form.querySelector('[data-phone-check]');
  const digits = () => phone.value.replace(/[\s().\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u2069\ufeff-]/g, '').replace(/^00/, '+');
  const check = () => {
    const mobile = /^(\+?57)?3\d{9}$/.test(digits());
    const other = /^((\+?57)?6\d{9}|\+(?!57)\d{10,15})$/.test(digits());
    const foreign = /^(?!57)[1-9]\d{10,14}$/.test(digits());
    const text = mobile ? '✓ Recibe SMS'
      : other ? 'A este número no llegan SMS: deje también un correo.'
        : foreign ? 'Si es de otro país, escriba + y su indicativo.' : '';
    note.hidden = !text;
    if (note.textContent !== text) note.textContent = text;
  };
  phone.addEventListener('input', check);
  check();

  // ---- The guides: the server is asked, once the fingers rest ----
  const REST_MS = 400;
  const { guides } = form.elements, understood = form.querySelector('[data-guides-check]');
  let rest = 0, last;
  const tell = (text) => {
    understood.hidden = !text;
    if (understood.textContent !== text) understood.textContent = text;
  };
  const ask = async () => {
    last?.abort();
    last = new AbortController();
    if (!guides.value.trim()) { tell(''); return; }
    try {
      const answer = await fetch('/api/v1/announcements/guides', { method: 'POST', signal: last.signal,
        headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ guides: guides.value }) });
      tell(answer.ok ? (await answer.json()).words ?? '' : '');
    } catch (fault) { if (fault.name !== 'AbortError') tell(''); }
  };
  guides.addEventListener('input', () => {
    clearTimeout(rest);
    rest = setTimeout(ask, REST_MS);
  });
})();
