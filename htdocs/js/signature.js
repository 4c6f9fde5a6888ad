// A signature: strokes as a path, which is what is kept.
'use strict';
(() => {
  const pad = document.querySelector('[data-signature]');
  if (!pad) return;
  const canvas = pad.querySelector('canvas'), pen = canvas.getContext('2d'), field = pad.querySelector('input');
  let last = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const on = (part, whole) => Math.round(Math.min(Math.max(part, 0), 1) * whole);     // a stroke that runs out stays on the edge
    return [on((event.clientX - box.left) / box.width, canvas.width), on((event.clientY - box.top) / box.height, canvas.height)];
  };
  pen.lineWidth = 2.5;
  pen.lineCap = 'round';
  if (field.value) pen.stroke(new Path2D(field.value));     // the strokes of a form that came back with an error
  canvas.addEventListener('pointerdown', (event) => { last = at(event); field.value += `M${last.join(' ')}`; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener('pointermove', (event) => {
    const to = at(event);
    if (!last || field.value.length > 7900 || Math.hypot(to[0] - last[0], to[1] - last[1]) < 2) return;
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...to);
    pen.stroke();
    field.value += `L${to.join(' ')}`;
    last = to;
  });
  canvas.addEventListener('pointerup', () => { last = null; });
  pad.querySelector('button').addEventListener('click', () => { field.value = ''; pen.clearRect(0, 0, canvas.width, canvas.height); });
  pad.hidden = false;
})();
