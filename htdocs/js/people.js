// The field for whose a parcel is: people are found while one types, and chosen by Enter, by the arrows, or by the digit beside them.
'use strict';
const people = (() => {
  const { $, $$ } = counter;
  const TYPING_MS = 120;
  const part = $('[data-whose]');
  if (!part) return {};
  const field = $('input[name=who]', part), list = $('[data-people-found]', part), form = field.form;
  const radios = () => $$('input[type=radio]', list);
  const shown = () => $('[data-people]', list)?.dataset.people === field.value.trim();
  const say = (text) => document.dispatchEvent(new CustomEvent('said', { detail: text }));
  let typing = 0;

  // An answer for words that were changed meanwhile is not shown.
  const search = async () => {
    const q = field.value.trim();
    clearTimeout(typing);
    if (!q) { list.replaceChildren(); return; }
    const answer = await fetch(`/customers/suggest?q=${encodeURIComponent(q)}`, { headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (!answer?.ok || answer.headers.has('HX-Redirect') || field.value.trim() !== q) return;
    list.innerHTML = await answer.text();
    say(radios().length ? $$('label', list).map((el) => $('strong', el).textContent).join(', ') : $('li', list).textContent);
  };

  const choose = (radio) => {
    radio.checked = true;
    say(`De ${$('strong', radio.closest('label')).textContent}`);
    if ('sends' in part.dataset) form.requestSubmit();
    else $('button[type=submit]', form).focus();
  };
  // If nobody is known by these words, a name goes on as the name of somebody new.
  const newcomer = () => {
    const name = form.elements.name;
    if (!name) return;
    if (!name.value && /^[^\d]+$/.test(field.value)) { name.value = field.value.trim(); field.value = ''; list.replaceChildren(); }
    (name.value ? form.elements.phone : name).focus();
  };
  // Enter takes the first person only when whoever presses it could see that it is the first.
  const entered = async (event) => {
    if (event.isComposing || !field.value.trim()) return;
    event.preventDefault();
    const seen = shown();
    if (!seen) await search();
    const found = radios();
    if (seen && found.length) choose(found[0]);
    else if (seen) newcomer();
    else if (found.length === 1) choose(found[0]);
  };
  const keys = (event) => {
    const found = radios(), at = found.indexOf(event.target), digit = found[Number(event.key) - 1];
    if (event.target === field && event.key === 'Enter') entered(event);
    else if (event.target === field && event.key === 'ArrowDown' && found.length) { event.preventDefault(); found[0].checked = true; found[0].focus(); }
    else if (at >= 0 && event.key === 'Enter') { event.preventDefault(); choose(event.target); }
    else if (at >= 0 && digit) { event.preventDefault(); choose(digit); }
    else if ((at >= 0 && event.key === 'Escape') || (at === 0 && event.key === 'ArrowUp')) { event.preventDefault(); event.target.checked = false; field.focus(); }
  };
  part.addEventListener('keydown', keys);
  field.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(search, TYPING_MS); });
  list.addEventListener('click', (event) => { if (event.detail > 0 && event.target.matches('input')) choose(event.target); });
  return { field, clear: () => { field.value = ''; list.replaceChildren(); } };
})();
