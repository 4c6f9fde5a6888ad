// Rapid intake: F8 says whose the last box is, when nobody announced it; otherwise the scan field keeps the focus.
'use strict';
(() => {
  const { $ } = counter;
  const form = $('form[data-last]'), text = (line) => $('.guide', line)?.textContent ?? line.textContent;
  let about = null;

  const back = () => {
    form.hidden = true;
    people.clear();
    series.form.elements.scan.focus();
  };
  const open = (event) => {
    if (event.key === 'Escape' && !form.hidden && !event.defaultPrevented) { event.preventDefault(); back(); }
    if (event.key !== 'F8') return;
    event.preventDefault();
    about = series.last();
    if (!about) return;
    $('[data-last-guide]', form).textContent = text(about);
    $('[data-last-page]', form).href = about.id ? `/packages/${about.id.replace('line-', '')}#identify` : '/packages?unidentified=1';
    form.hidden = false;
    people.field.focus();
  };
  // A box that was scanned a moment ago has its number when its answer has come.
  const answered = async () => {
    while (series.waiting()) await new Promise((done) => { setTimeout(done, 50); });
    about = series.last();
    return about.id.replace('line-', '');
  };
  const send = async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form)), id = await answered();
    form.dataset.key ??= session.key();
    body.set('operation_id', form.dataset.key);
    const answer = id && await session.post(`/receive/rapid/${id}/whose`, body).catch(() => null);
    if (!answer || session.busy(answer)) { verdict.failed('No se guardó de quién es', text(about), 'Oprima F8 e inténtelo otra vez.'); return; }
    delete form.dataset.key;
    const made = counter.parsed(await answer.text());
    if (answer.ok) series.shown(about, made.body.innerHTML);
    else verdict.judged($('.verdict', made));
    if (answer.ok) back();
  };
  document.addEventListener('keydown', open);
  form.addEventListener('submit', send);
})();
