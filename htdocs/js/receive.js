// Receive: a parcel that is not well needs a photo and a note, and there are six photos at most.
'use strict';
(() => {
  const form = document.querySelector('form[data-receive]');
  if (!form) return;
  const condition = () => {
    const well = form.elements.condition.value === 'BUENO';
    form.elements.photos.required = !well;
    form.elements.observations.required = !well;
  };
  const tooMany = () => {
    const input = form.elements.photos;
    input.setCustomValidity(input.files.length > 6 ? 'Elija como máximo seis fotos.' : '');
  };
  condition();
  form.addEventListener('change', () => { condition(); tooMany(); });
})();
