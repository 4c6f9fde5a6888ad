// The number of questions that wait, beside their entry in the menu: asked for once a minute, by one visible tab for all.
'use strict';
(() => {
  const MINUTE = 60000, KEPT = 'inquiries';
  const place = document.querySelector('[data-inquiries]');
  if (!place) return;
  const read = () => { try { return JSON.parse(localStorage.getItem(KEPT)); } catch { return null; } };
  const keep = (text) => { try { localStorage.setItem(KEPT, JSON.stringify({ at: Date.now(), text })); } catch { /* each tab asks for itself */ } };
  const show = (text) => { place.textContent = text; place.parentElement.hidden = !text; };
  let asked = Date.now();

  const ask = async () => {
    const last = read()?.at ?? asked;
    if (document.hidden || Math.abs(Date.now() - last) < MINUTE) return;
    asked = Date.now();
    keep(place.textContent);        // no other tab asks in this minute
    const answer = await fetch('/inquiries/waiting', { headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (answer?.status !== 200 || answer.redirected || answer.headers.has('HX-Redirect')) return;
    const text = (await answer.text()).trim();
    show(text);
    keep(text);
  };
  keep(place.textContent);          // the page has just been told
  setInterval(ask, MINUTE / 6);
  document.addEventListener('visibilitychange', ask);
  addEventListener('storage', (event) => { if (event.key === KEPT && event.newValue) show(read()?.text ?? ''); });
})();
