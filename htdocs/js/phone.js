// The phone's page: what was taken is made smaller, as far as this browser can, and sent at once.
'use strict';
(() => {
  const MOST_PX = 2400, QUALITY = 0.85, LARGE = 1000000;   // bytes below which a photo goes as it is
  const form = document.querySelector('[data-phone]');
  if (!form) return;
  const input = form.elements.photos, button = form.querySelector('[type=submit]');
  const say = (text) => { form.querySelector('[data-phone-word]').textContent = text; };

  const smaller = async (file) => {
    if (file.size < LARGE) return file;
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, MOST_PX / Math.max(picture.width, picture.height));
    const pen = document.createElement('canvas');
    [pen.width, pen.height] = [picture.width * scale, picture.height * scale].map(Math.round);
    pen.getContext('2d').drawImage(picture, 0, 0, pen.width, pen.height);
    const made = await new Promise((done) => { pen.toBlob(done, 'image/jpeg', QUALITY); });
    return made && made.size < file.size ? new File([made], 'foto.jpg', { type: 'image/jpeg' }) : file;
  };
  const send = async () => {
    if (!input.files.length) return;
    button.disabled = true;
    say('Enviando…');
    const all = new DataTransfer();
    for (const file of input.files) all.items.add(await smaller(file).catch(() => file));
    input.files = all.files;
    button.disabled = false;
    form.requestSubmit();
  };
  // The button opens the camera, and what was taken goes.
  form.querySelector('.field').classList.add('visually-hidden');
  input.tabIndex = -1;
  form.querySelector('[data-word]').textContent = document.querySelector('.panel-ok') ? 'Tomar otra foto' : 'Tomar la foto';
  button.type = 'button';
  button.addEventListener('click', (event) => { if (event.isTrusted) input.click(); });
  input.addEventListener('change', send);
})();
