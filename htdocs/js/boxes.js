// Deliver: each box is read; a box that is not the customer's fills the screen.
'use strict';
const boxes = (() => {
  const { $, $$, tell, parsed, money } = counter;
  const { form, total } = totals;
  const field = $('#box', form);
  const plain = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const lines = () => $$('input[name=ids]', form);
  const pay = () => {
    const method = form.elements.method.value;
    (method === 'efectivo' ? form.elements.tendered : method ? $('button[type=submit]', form) : form.elements.method[0]).focus();
  };

  const progress = () => {
    const ticked = lines().filter((box) => box.checked), read = ticked.filter((box) => 'scanned' in box.dataset);
    $('[data-progress]', form).textContent = `${read.length} de ${ticked.length} escaneados`;
  };
  const mark = (box) => {
    const state = $('[data-state]', box.closest('li'));
    state.hidden = !box.checked && !('scanned' in box.dataset);
    state.textContent = 'scanned' in box.dataset ? 'Escaneada' : 'Sin escanear';
    box.closest('li').classList.toggle('line-scanned', 'scanned' in box.dataset);
  };
  const marked = () => { lines().forEach(mark); progress(); };
  // The boxes that were read stay with this entry of the browser's history: the page may be loaded again, or gone back to.
  const remember = () => history.replaceState({ ...history.state, scanned: lines().filter((box) => 'scanned' in box.dataset).map((box) => box.value) }, '');
  const remembered = () => lines().forEach((box) => {
    if (history.state?.scanned?.includes(box.value)) box.dataset.scanned = '';
  });

  const wrong = (text) => {
    $('[data-wrong]').textContent = text;
    $('[data-whose]').href = `/find?q=${encodeURIComponent(text)}`;
    if (!$('#wrong').open) $('#wrong').showModal();
    tell(false, `Caja equivocada, ${text}`);
  };
  const unreadBoxes = () => lines().filter((box) => box.checked && !('scanned' in box.dataset));
  const unread = () => unreadBoxes().length;
  const read = (box) => {
    box.dataset.scanned = '';
    box.checked = true;
    remember();
    $$('dialog.verdict-bad[open]').forEach((open) => open.close());
    total();
    marked();
    const left = unread();
    tell(true, left ? `Correcta, faltan ${left}` : 'Correcta, están todas');
    if (!left) (proven() ? pay : askCode)();
  };
  // A customer who was found by name or phone still has to show something.
  const proven = () => $('input[type=hidden][name=code]', form) || form.elements.code.value || form.elements.override_reason.value;
  const askCode = () => $('#f-code').focus();

  // A bar code may hold more than the guide that the line has: the server knows what it stands for.
  const asked = async (scan) => {
    const answer = await fetch(`/deliver/box?${new URLSearchParams({ scan })}`, { headers: { 'HX-Request': 'true' } });
    const id = answer.ok && $('[data-box]', parsed(await answer.text()))?.dataset.box;
    return id && lines().find((one) => one.value === id);
  };
  const find = async (scan, text) => {
    const box = await asked(scan).catch(() => null);
    if (box) read(box);
    else wrong(text);
  };

  // The page may be there before the second Enter of the scan that led to it: that is no payment either.
  let lastBox = performance.now();
  const judged = (scan) => {
    const text = plain(scan), box = lines().find((one) => [one.dataset.guide, one.dataset.code].includes(text));
    if (box) read(box);
    else find(scan, text);
  };
  const boxed = (event) => {
    if (event.key !== 'Enter') return;
    const scan = event.target.value, twice = event.timeStamp - lastBox < 250;
    event.preventDefault();
    event.target.value = '';
    if (!plain(scan)) { if (!twice) pay(); return; }
    lastBox = event.timeStamp;
    judged(scan);
  };
  // A question that fills the screen hears the next box, too: its buttons take fingers, and no scanner's Enter.
  let heard = '';
  const overheard = (event) => {
    const twice = event.timeStamp - lastBox < 250;
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) { heard += event.key; event.preventDefault(); return; }
    if (event.key !== 'Enter') return;
    const scan = heard;
    heard = '';
    if (!plain(scan) && !twice) return;
    event.preventDefault();
    lastBox = event.timeStamp;
    if (plain(scan)) judged(scan);
  };

  // Once a box was read, those that were not are asked about before anything is charged.
  const reason = form.elements.unscanned_reason, question = $('#unscanned');
  const ask = (event) => {
    const left = unreadBoxes(), read = lines().filter((box) => box.checked && 'scanned' in box.dataset), all = 'scanAll' in form.dataset;
    if (!left.length || !(read.length || all) || (!all && reason.value.trim())) return;
    event.preventDefault();
    const due = read.reduce((sum, box) => sum + Number(box.dataset.amount), 0), only = $('[data-unscanned-only]');
    $('[data-unscanned-count]').textContent = left.length === 1 ? 'Falta una caja por escanear' : `Faltan ${left.length} cajas por escanear`;
    $('[data-unscanned-where]').textContent = left.map((box) => $('.position', box.closest('li')).lastChild.textContent).join(', ');
    only.textContent = `Entregar solo ${read.length === 1 ? 'la escaneada' : `las ${read.length} escaneadas`} (${money(due)})`;
    only.hidden = !read.length;
    question.returnValue = '';
    question.showModal();
    tell(false, $('[data-unscanned-count]').textContent);
  };
  const answered = () => {
    if (question.returnValue === 'only') {
      unreadBoxes().forEach((box) => { box.checked = false; });
      total();
      marked();
      pay();
    } else if (question.returnValue === 'reason') {
      $('[data-unscanned]').hidden = false;
      reason.focus();
    } else if (unread()) field.focus();
  };
  // The pickup code may be scanned, too, and its Enter must not take the money yet; and boxes may be
  // read into the code's field, which has the focus at first.
  const coded = (event) => {
    if (event.key !== 'Enter') return;
    const text = plain(event.target.value), twice = event.timeStamp - lastBox < 250;
    if (!text && !twice) return;
    if (!/^\d{6}$/.test(text) || lines().some((one) => one.dataset.code === text)) { boxed(event); return; }
    event.preventDefault();
    lastBox = event.timeStamp;
    if (unread()) field.focus();
    else pay();
  };

  $('[data-boxes]', form).hidden = false;
  remembered();
  marked();
  form.addEventListener('change', marked);
  form.addEventListener('submit', ask);
  form.addEventListener('formdata', ({ formData }) => lines().forEach((box) => {
    if (box.checked && 'scanned' in box.dataset) formData.append('scanned', box.value);
  }));
  question.addEventListener('close', answered);
  $$('dialog.verdict-bad').forEach((dialog) => dialog.addEventListener('keydown', overheard));
  field.addEventListener('keydown', boxed);
  $('#f-code')?.addEventListener('keydown', coded);
  // The second Enter after the last box comes where the focus is by then: it is no payment.
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') lastBox = -Infinity;
    else if (event.timeStamp - lastBox < 250) event.preventDefault();
  });
  if ($('input[type=hidden][name=code]', form) && !$('[data-summary]')) field.focus();
  return { field, marked, pay };
})();
