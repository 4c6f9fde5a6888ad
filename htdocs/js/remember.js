// The form of the public: this device remembers name and phone, if the person says so; nothing else, and nowhere else.
'use strict';
(() => {
  const form = document.querySelector('[data-announce]'), part = form.querySelector('[data-remember]');
  const box = part.querySelector('input'), forget = part.querySelector('[data-forget]');
  const FIELDS = ['name', 'phone'], KEY = 'announce.me';
  const known = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  };
  const keep = (values) => {
    try {
      if (values) localStorage.setItem(KEY, JSON.stringify(values));
      else localStorage.removeItem(KEY);
    } catch { /* a browser that keeps nothing */ }
    forget.hidden = !values;
  };

  const before = known();
  part.hidden = false;
  if (before) {
    box.checked = true;
    forget.hidden = false;
    for (const name of FIELDS)
      if (!form.elements[name].value && typeof before[name] === 'string') form.elements[name].value = before[name];
  }
  forget.addEventListener('click', () => {
    for (const name of FIELDS)
      if (before && form.elements[name].value === before[name]) form.elements[name].value = '';
    box.checked = false;
    keep(null);
    box.focus();
  });
  form.addEventListener('submit', () => {
    keep(box.checked ? Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value])) : null);
  });
})();
