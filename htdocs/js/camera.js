// A code that the camera reads goes the way of a scanner's: into the field, then Enter.  At a desk it also takes the
// photos of a form, which a phone's own camera takes there.
'use strict';
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const version = new URL(document.currentScript.src).search;
  const dialog = $('#camera'), video = $('video', dialog), last = $('.camera-last', dialog);
  const title = $('h2', dialog), TITLE = title.textContent, shot = $('[data-shot]', dialog);
  // Codes that carriers and our own labels print, as a browser and as the vendored reader call them.
  const FORMATS = { qr_code: 'QRCode', code_128: 'Code128', code_39: 'Code39', ean_13: 'EAN13', itf: 'ITF' };
  const PACE_MS = 100, SAME_MS = 2000, AGAIN_MS = 10000;
  const READ = 'leído';                    // the dialog closed because of what was read, which moves the focus
  let field, stream, read;                 // where it goes; while the camera is on; of this browser
  let seen = { text: '', at: 0 };

  // ---- Decoders: the browser's own, else ours, fetched with the first use ----
  const middle = (points) => points.reduce((sum, p) => [sum[0] + p.x / points.length, sum[1] + p.y / points.length], [0, 0]);
  // The code nearest to the middle of the picture: a label has several, and people aim at one.
  const aimed = (codes) => codes.map(([text, points]) => {
    const [x, y] = middle(points);
    return { text, off: Math.hypot(x - video.videoWidth / 2, y - video.videoHeight / 2) };
  }).sort((a, b) => a.off - b.off)[0]?.text;
  const own = async () => {
    const known = 'BarcodeDetector' in window ? await BarcodeDetector.getSupportedFormats() : [];
    if (!Object.keys(FORMATS).every((format) => known.includes(format))) return null;
    const detector = new BarcodeDetector({ formats: Object.keys(FORMATS) });
    return async () => aimed((await detector.detect(video)).map((code) => [code.rawValue, code.cornerPoints]));
  };
  const fetched = (src) => new Promise((done, fail) => {
    document.head.append(Object.assign(document.createElement('script'), { src, onload: done, onerror: fail }));
  });
  const vendored = async () => {
    await fetched(`/vendor/zxing-reader.js${version}`);
    await ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => `/vendor/zxing-reader.wasm${version}` }, fireImmediately: true });
    const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    return async () => {
      const width = pen.canvas.width = video.videoWidth, height = pen.canvas.height = video.videoHeight;
      pen.drawImage(video, 0, 0);
      const found = await ZXingWASM.readBarcodes(pen.getImageData(0, 0, width, height), { formats: Object.values(FORMATS), tryHarder: true });
      return aimed(found.map((code) => [code.text, Object.values(code.position)]));
    };
  };

  // ---- The camera ----
  const FAULTS = {
    NotAllowedError: 'El navegador no tiene permiso para usar la cámara. Escriba el código o use el lector.',
    NotFoundError: 'Este equipo no tiene cámara. Escriba el código o use el lector.',
    NotReadableError: 'Otro programa está usando la cámara. Ciérrelo, o escriba el código.',
  };
  const shoots = () => field.type === 'file';
  const stays = () => !shoots() && !!field.closest('[data-camera-stays]');
  const word = () => field.parentElement.querySelector('.camera-word');
  const off = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
  };
  const show = (text, verdict = '') => {
    last.textContent = text;
    last.className = `camera-last ${verdict}`;
  };
  const on = async () => {
    const got = await navigator.mediaDevices.getUserMedia({ audio: false,
      video: { facingMode: 'environment', width: { ideal: 1280 }, height: { ideal: 720 } } });
    off();
    stream = got;
    if (!dialog.open) { off(); return; }   // closed while the browser asked
    video.srcObject = stream;
    await video.play();
    if (!shoots()) read ??= await own() ?? await vendored();
  };
  const open = async (to) => {
    if (dialog.open) {                     // for another field
      dialog.addEventListener('close', () => open(to), { once: true });
      dialog.close(READ);
      return;
    }
    field = to;
    field.inputMode = 'none';              // no keyboard of a phone over the picture
    dialog.returnValue = '';
    title.textContent = shoots() ? 'Ponga la caja frente a la cámara' : TITLE;
    shot.hidden = !shoots();
    shot.disabled = true;                  // until there is a picture
    word().textContent = '';
    show('');
    if (stays()) {
      dialog.show();
      field.focus();
    } else dialog.showModal();
    try {
      await on();
      if (stream && shoots()) {
        shot.disabled = false;
        shot.focus();
      } else if (stream) watch(stream);
    } catch (fault) {
      if (!dialog.open) return;
      dialog.close();
      word().textContent = FAULTS[fault.name] ?? 'No se pudo usar la cámara. Escriba el código o use el lector.';
    }
  };

  // ---- Reading ----
  const busy = () => [...document.querySelectorAll('dialog:modal')].some((other) => other !== dialog);
  // The camera types its Enter after a key, as a scanner does: scanner.js takes an Enter without one, soon after
  // the page came, for the second Enter of the reading before.
  const enter = (text) => {
    field.focus();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: text.at(-1), bubbles: true, cancelable: true }));
    field.value = text;
    for (const name of ['input', 'change']) field.dispatchEvent(new Event(name, { bubbles: true }));
    scanner.enter(field);
  };
  const take = (text) => {
    const now = Date.now(), same = text === seen.text && now - seen.at < SAME_MS;
    seen = { text, at: now };              // held before the camera it stays the same
    if (same) return;
    show(text);
    if (!stays()) dialog.close(READ);
    enter(text);
    if (dialog.open && document.activeElement !== field && !busy()) dialog.close(READ);    // all is read
  };
  const watch = async (mine) => {
    while (stream === mine) {
      const text = video.readyState >= video.HAVE_CURRENT_DATA && !busy() && await read().catch(() => null);
      if (text && stream === mine) take(text);
      await new Promise((done) => { setTimeout(done, PACE_MS); });
    }
  };

  // ---- Photos: each is added to those that were chosen ----
  const shoot = async () => {
    const pen = document.createElement('canvas').getContext('2d'), all = new DataTransfer();
    [pen.canvas.width, pen.canvas.height] = [video.videoWidth, video.videoHeight];
    pen.drawImage(video, 0, 0);
    const picture = await new Promise((done) => { pen.canvas.toBlob(done, 'image/jpeg', 0.9); });
    [...field.files, new File([picture], `camara-${field.files.length + 1}.jpg`, { type: 'image/jpeg' })].forEach((file) => all.items.add(file));
    field.files = all.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    dialog.close();
  };
  shot.addEventListener('click', shoot);

  // ---- The page ----
  dialog.addEventListener('close', () => {
    off();
    field.inputMode = '';
    if (dialog.returnValue !== READ) field.focus();
  });
  addEventListener('pagehide', () => {
    if (!dialog.open) return;
    if (stays()) sessionStorage.setItem('camera', JSON.stringify(seen));
    dialog.close(READ);
    off();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && dialog.open && !busy()) { event.preventDefault(); event.stopPropagation(); dialog.close(); }
  }, true);
  document.addEventListener('verdict', ({ detail }) => show(detail.text, detail.well ? 'camera-ok' : 'camera-bad'));
  if (!navigator.mediaDevices) return;
  const desk = matchMedia('(pointer: fine)').matches;
  document.querySelectorAll(desk ? '[data-camera],[data-photos]' : '[data-camera]').forEach((input) => {
    const made = $('#camera-button').content.cloneNode(true), button = $('button', made);
    $('.visually-hidden', button).textContent = ` para ${input.labels[0].textContent}`;
    button.addEventListener('click', () => open(input));
    input.after(made);
  });
  // A page that came because of what was read goes on reading.
  const before = JSON.parse(sessionStorage.getItem('camera'));
  const goes = $('[data-camera-stays] [data-camera]');
  sessionStorage.removeItem('camera');
  if (goes && before && Date.now() - before.at < AGAIN_MS) {
    seen = before;
    open(goes);
    const heard = $('[data-sound]');
    if (heard) show($('h2,strong', heard).textContent, heard.dataset.sound === 'ok' ? 'camera-ok' : 'camera-bad');
  }
})();
