// Receive: a parcel that is not well needs a photo and a note, which is told before it is sent, so that no chosen photo is
// lost; and there are six photos at most.
'use strict';
(() => {
  const form = document.querySelector('form[data-receive]');
  if (!form) return;
  const { photos, observations } = form.elements;
  const taken = () => photos.files.length + form.querySelectorAll('[name=linked_photos]').length;
  const NEEDED = [[photos, () => taken(), 'Tome o elija al menos una foto: el paquete no llegó bien.'],
    [observations, () => observations.value.trim(), 'Escriba qué tiene el paquete, ya que no llegó bien.']];
  const element = (parent, selector, make) => parent.querySelector(selector)
    ?? parent.appendChild(Object.assign(document.createElement(make), { className: selector.slice(1) }));
  const said = (field, text) => {
    const told = element(field.parentElement, '.error', 'p');
    told.setAttribute('role', 'alert');
    told.textContent = text;
    told.hidden = !text;
  };
  const condition = () => {
    const well = form.elements.condition.value === 'BUENO';
    NEEDED.forEach(([field, filled]) => {
      field.required = !well;
      element(field.labels[0], '.optional', 'span').textContent = well ? ' (opcional)' : ' (obligatorio)';
      if (well || filled()) said(field, '');
    });
  };
  const tooMany = () => taken() > 6 && said(photos, 'Elija como máximo seis fotos.');
  const check = (event) => {
    const missing = NEEDED.filter(([field, filled]) => field.required && !filled());
    if (!missing.length && taken() <= 6) return;
    event.preventDefault();
    missing.forEach(([field, , text]) => said(field, text));
    (missing[0]?.[0] ?? photos).focus();
  };
  condition();
  form.addEventListener('change', () => { condition(); tooMany(); });
  form.addEventListener('submit', check);
})();
