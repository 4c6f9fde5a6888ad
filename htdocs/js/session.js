// Posts that outlive the session: nothing of the page is lost when it ends, and the page goes on after a
// sign-in in another tab.
'use strict';
const session = (() => {
  const { $, $$, parsed } = counter;
  const ENDED = 'Su sesión terminó: ingrese en otra pestaña y siga aquí.';
  const PATIENCE_MS = 60000;                               // photos of a hand-over over a slow line
  let out = false;
  const signIn = () => {
    const link = document.createElement('a');
    Object.assign(link, { href: '/auth/login', target: '_blank', rel: 'noopener', textContent: 'Ingresar' });
    return link;
  };
  // The forms of the page are the former session's until they have the new one's secret.
  const renewed = async () => {
    const page = await fetch('/profile');
    const fresh = page.ok && !page.redirected && $('input[name=csrf]', parsed(await page.text()));
    if (fresh) $$('input[name=csrf]').forEach((field) => { field.value = fresh.value; });
    out = !fresh;
  };
  // The answer, or null when the session ended; the secret of a session that began elsewhere is taken once.
  const post = async (url, body) => {
    if (out) await renewed();
    for (let again = out; ; again = true) {
      body.set('csrf', $('input[name=csrf]').value);
      const answer = await fetch(url, { method: 'POST', body, headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(PATIENCE_MS) });
      out = answer.status === 401;
      if (answer.status !== 403 || again || leads(answer)) return out ? null : answer;
      await renewed();
    }
  };
  // An operation's key: whoever sends it again after a lost answer does nothing twice.
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  // The gateway or the area is restarting: the same request is sent again later.
  const busy = (answer) => [502, 503, 504].includes(answer.status);
  // The page that the answer leads to, which the browser is to open: within a fetch its toast would be lost.
  const leads = (answer) => answer.headers.get('HX-Redirect');

  // Sends the same body until there is an answer, with rising pauses; so the body holds an operation's key.  `waits` is
  // told of each try that had none.  The answer's text is read here, since the line may be cut in the middle of it.
  const PAUSES_S = [1, 2, 4, 8, 15];
  let hurry = () => {};
  const pause = (seconds) => new Promise((done) => { hurry = done; setTimeout(done, seconds * 1000); });
  const insist = async (url, body, waits) => {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await post(url, body);
        if (answer && !busy(answer)) return { ok: answer.ok, status: answer.status, leads: leads(answer), text: await answer.text() };
      } catch { /* no network: it is tried again */ }
      waits(out);
      await pause(PAUSES_S[Math.min(tries, PAUSES_S.length - 1)]);
    }
  };
  addEventListener('online', () => hurry());
  document.addEventListener('visibilitychange', () => document.hidden || hurry());   // the clerk comes back from signing in
  return { ENDED, ended: () => out, signIn, post, key, busy, insist, now: () => hurry() };
})();
