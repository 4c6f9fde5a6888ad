// The console of the queue: an answer that has not changed moves nothing on the page, and
// one box ticks all of a page.
'use strict';
(() => {
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { target, xhr } = event.detail;
    if (!('polled' in target.dataset)) return;
    const tag = xhr.getResponseHeader('ETag');
    if (tag && tag === target.dataset.tag) event.detail.shouldSwap = false;
    target.dataset.tag = tag || '';
  });

  document.querySelectorAll('[data-all]').forEach((all) => {
    const boxes = [...all.form.elements].filter((el) => el.name === 'ids');
    all.hidden = boxes.length === 0;
    all.addEventListener('change', () => { boxes.forEach((el) => { el.checked = all.checked; }); });
    all.form.addEventListener('change', () => {
      const ticked = boxes.filter((el) => el.checked).length;
      all.checked = ticked === boxes.length;
      all.indeterminate = ticked > 0 && !all.checked;
    });
  });
})();
