// Posts that outlive the session: nothing of the page is lost when it ends, and the page goes on after a
// sign-in in another tab.
'use strict';
const session = (() => {
  const { $, $$, parsed } = counter;
  const ENDED = 'Su sesión terminó: ingrese en otra pestaña y siga aquí.';
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
      const answer = await fetch(url, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
      out = answer.headers.has('HX-Redirect');
      if (answer.status !== 403 || again) return out ? null : answer;
      await renewed();
    }
  };
  // An operation's key: whoever sends it again after a lost answer does nothing twice.
  const key = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  // The gateway or the area is restarting: the same request is sent again later.
  const busy = (answer) => answer.status === 503 || answer.status === 502;
  return { ENDED, ended: () => out, signIn, post, key, busy };
})();
