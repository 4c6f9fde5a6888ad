// Rapid intake: a box of the series that is taken back, without leaving the page.
'use strict';
(() => {
  const { $, parsed, tell } = counter;
  const { element, icon } = verdict;
  const rapid = $('form[data-rapid]');

  // The drop has one box less, and nobody is to put it anywhere.
  const taken = async (line) => {
    const last = $('#verdict .verdict');
    if (last?.dataset.of === line.id) $('#verdict').replaceChildren(element('p', 'Deshecho: no quedó en el punto.', { class: 'muted' }));
    tell(true, 'Deshecho');
    const page = await fetch(rapid.action);
    const drop = page.ok && $('#drop', parsed(await page.text()));
    if (drop) $('#drop').replaceWith(drop);
  };
  const undo = async (event) => {
    const form = event.target;
    if (!('undo' in form.dataset)) return;
    event.preventDefault();
    const line = form.closest('li'), says = (text) => { $('.small', line).textContent = text; }, button = $('button', form);
    if (button.disabled) return;
    button.disabled = true;
    rapid.elements.scan.focus();
    try {
      const answer = await session.post(form.action, new URLSearchParams(new FormData(form)));
      if (!answer || session.busy(answer)) throw new Error('not now');
      form.remove();
      says(answer.ok ? 'Deshecho' : 'Ya no se puede deshacer: abra el paquete');
      if (answer.ok) {
        line.className = 'line line-scan line-off';
        $('.icon', line).replaceWith(icon('undo'));
        $('.spot', line)?.remove();
        await taken(line).catch(() => {});        // the next scan brings it
      } else {
        tell(false, 'No se pudo deshacer');
      }
    } catch {
      button.disabled = false;
      says(session.ended() ? session.ENDED : 'Sin conexión: inténtelo otra vez');
      tell(false, session.ended() ? session.ENDED : 'Sin conexión');
    }
  };
  $('#lines').addEventListener('submit', undo);
})();
