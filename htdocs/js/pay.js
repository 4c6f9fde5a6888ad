// Deliver: a payment is sent with its operation's key until there is an answer, and the answer's page is opened; nothing
// of the form is lost meanwhile, and money is taken once.
'use strict';
(() => {
  const { $, tell } = counter;
  const { form } = totals;
  const waiting = $('#waiting'), button = $('.sheet button[type=submit]', form);
  let pending = false;

  const title = $('#waiting-title'), SLOW_MS = 8000;
  const WHY = { line: title.textContent, ended: 'Su sesión terminó: todavía no se ha cobrado', slow: 'El servidor tarda en responder' };
  const waits = (why) => {
    $('[data-ended]', waiting).hidden = why !== 'ended';
    if (waiting.open && title.textContent === WHY[why]) return;
    title.textContent = WHY[why];
    if (!waiting.open) waiting.showModal();
    tell(false, WHY[why]);
  };
  const busy = (yes) => {
    pending = button.disabled = yes;
    button.ariaBusy = yes;
  };
  // A page that is loaded again while its hand-over is on the way asks for that one.
  const remember = () => {
    const key = form.elements.operation_id.value, address = new URL(location.href);
    if (form.elements.quote) return;
    address.searchParams.set('operation', key);
    history.replaceState(history.state, '', address);
  };
  const refused = (text) => {
    const why = $('[data-summary] li, .lead', counter.parsed(text));
    $('[data-refused]', form).textContent = why ? why.textContent : 'No se pudo cobrar. Inténtelo otra vez.';
    $('[data-refused]', form).hidden = false;
    tell(false, $('[data-refused]', form).textContent);
  };
  const pay = async (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (pending) return;
    const body = new FormData(form);
    busy(true);
    remember();
    const slow = setTimeout(() => waits('slow'), SLOW_MS);
    const answer = await session.insist(form.action, body, (ended) => waits(ended ? 'ended' : 'line'));
    clearTimeout(slow);
    busy(false);
    if (answer.leads) { location.replace(answer.leads); return; }
    waiting.close();
    refused(answer.text);
  };

  form.addEventListener('submit', pay);
  waiting.addEventListener('cancel', (event) => event.preventDefault());
  $('[data-now]', waiting).addEventListener('click', () => session.now());
  addEventListener('beforeunload', (event) => { if (pending) event.preventDefault(); });
})();
